"""``gongzhi optimise``: the best trade-offs between a few outcomes, resumable."""

from pathlib import Path

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
from experiments.messages import Language
from scenarios.errors import RunFailedError


@click.command()
@click.argument("file", metavar="SEARCH.yaml", type=click.Path(path_type=Path))
@out_option("results/NAME of the file")
@workers_option
@cluster_option
@language_option
def optimise(
    file: Path, out: Path | None, workers: int | None, cluster: str | None, language: Language
) -> None:
    """Find the staffing and settings on the trade-off between the outcomes that SEARCH.yaml names.

    NSGA-II tries settings, all with the same seeds; those that no other one beats are judged by as many fresh
    seeds. Each finished run is kept at once: after an interrupt or a crash the same command goes on where it
    was, and more trials in the file add to what is there.
    """
    from experiments.search.genetic import require
    from experiments.search.plan import read_search
    from experiments.search.printing import print_front
    from experiments.search.results import write_asked, write_results
    from experiments.search.searching import do_search, holes

    require()
    folder = out or Path("results") / file.stem
    engine = engine_of(workers, cluster, folder)
    plan = read_search(file)
    with opened(folder, "optimise") as store:
        write_asked(folder, plan)
        with telling(folder, store) as tell:
            found = do_search(plan, store, engine, tell)
        front = write_results(folder, plan, store, found, language)
        asked, done = store.count_planned(), store.count_done()
    print_front(front, plan.outcomes, plan.factors, language)
    click.echo(f"{folder}/report.html")
    click.echo(
        f"{folder}/front.parquet: {len(found.front)} of {plan.search.trials} settings are on the front"
    )
    for line in holes(plan, found):
        click.echo(line, err=True)
    again = ". The same command tries them again, and the search may then take another way"
    refuse_failed(folder, asked, done, again)
    if not found.front:
        raise RunFailedError(f"no setting has all outcomes; {folder}/trials.parquet says which has what")
