"""``gongzhi sweep``: designs over parameters, resumable."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from experiments.commands.options import (
    cluster_option,
    engine_of,
    language_option,
    opened,
    out_option,
    refuse_failed,
    telling,
    workers_option,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from experiments.engines.task import Engine, Outcome
    from experiments.messages import Language
    from experiments.store import Progress, Store


class _Kind(NamedTuple):
    """What a file asks for, and how it is done."""

    name: str
    read: "Callable[[Path], Any]"
    write_asked: "Callable[[Path, Any], None]"
    do: "Callable[[Any, Store, Engine, Callable[[Outcome | None, Progress], None]], None]"
    write_results: "Callable[[Path, Any, Store], list[str]]"
    show: "Callable[[Path, Any, Language], None] | None" = None
    """Draws and tells what came out."""


def _kind_of(file: Path) -> _Kind:
    from experiments.city import plan

    if plan.is_city(file):
        from experiments.city import doing, showing
        from experiments.city import results as city_results

        return _Kind(
            "city",
            plan.read_city,
            city_results.write_asked,
            doing.do_city,
            city_results.write_results,
            showing.show,
        )
    from experiments.sweeps import results, sweeping
    from experiments.sweeps.plan import read_plan
    from experiments.sweeps.showing import show

    return _Kind("sweep", read_plan, results.write_asked, sweeping.do_sweep, results.write_results, show)


@click.command()
@click.argument("file", metavar="SWEEP.yaml", type=click.Path(path_type=Path))
@out_option("results/NAME of the file")
@workers_option
@cluster_option
@language_option
def sweep(
    file: Path, out: Path | None, workers: int | None, cluster: str | None, language: "Language"
) -> None:
    """Run the design that SWEEP.yaml describes over the parameters of a scenario.

    Where the file lists streets in place of factors, they are run as a city and their totals put together.

    Each finished run is kept at once. After an interrupt, a crash or a full disk the same command goes on
    where it was; more replications or points in the file add to what is there.
    """
    folder = out or Path("results") / file.stem
    engine = engine_of(workers, cluster, folder)
    kind = _kind_of(file)
    plan = kind.read(file)
    with opened(folder, kind.name) as store:
        kind.write_asked(folder, plan)
        with telling(folder, store) as tell:
            kind.do(plan, store, engine, tell)
        for note in kind.write_results(folder, plan, store):
            click.echo(note, err=True)
        asked, done = store.count_planned(), store.count_done()
    if kind.show is not None:
        kind.show(folder, plan, language)
        click.echo(f"{folder}/report.html")
    click.echo(f"{folder}/runs.parquet: {done} runs of {plan.size()}")
    refuse_failed(folder, asked, done)
