"""``gongzhi sweep``: designs over parameters, resumable."""

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from experiments.commands.options import (
    cluster_option,
    engine_of,
    kernels,
    out_option,
    progress,
    workers_option,
)
from scenarios.errors import RunFailedError

if TYPE_CHECKING:
    from experiments.engines.task import Outcome
    from experiments.sweeps.sweeping import Progress


@click.command()
@click.argument("file", metavar="SWEEP.yaml", type=click.Path(path_type=Path))
@out_option("results/NAME of the file")
@workers_option
@cluster_option
def sweep(file: Path, out: Path | None, workers: int | None, cluster: str | None) -> None:
    """Run the design that SWEEP.yaml describes over the parameters of a scenario.

    Each finished run is kept at once. After an interrupt, a crash or a full disk the same command goes on
    where it was; more replications or points in the file add to what is there.
    """
    from experiments.folders import claim
    from experiments.store import Store
    from experiments.sweeps.plan import read_plan
    from experiments.sweeps.results import write_asked, write_results
    from experiments.sweeps.sweeping import do_sweep

    engine = engine_of(workers, cluster)
    plan = read_plan(file)
    folder = out or Path("results") / file.stem
    claim(folder, "sweep")
    compiled = kernels() if cluster is None else nullcontext()
    with Store(folder) as store, compiled, progress() as bar:
        write_asked(folder, plan)
        runs = bar.add_task("runs", total=None)

        def tell(outcome: "Outcome | None", now: "Progress") -> None:
            bar.update(runs, total=now.asked, completed=now.done)
            if outcome is None and now.done:
                click.echo(f"{now.done} of {now.asked} runs are there already", err=True)
            if outcome is not None and outcome.error is not None:
                click.echo(f"{outcome.name}, seed {outcome.seed}, failed: {outcome.error}", err=True)

        try:
            do_sweep(plan, store, engine, tell)
        except KeyboardInterrupt:
            click.echo(
                f"interrupted: {folder} keeps {store.count_done()} runs; the same command goes on from there",
                err=True,
            )
            raise
        write_results(folder, plan, store)
        asked, done = store.count_planned(), store.count_done()
    click.echo(f"{folder}/runs.parquet: {done} runs of {len(plan.points)} points")
    if done < asked:
        raise RunFailedError(f"{asked - done} of {asked} runs failed; {folder}/runs.parquet says why")
