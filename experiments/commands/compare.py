"""``gongzhi compare``: paired replications of several scenarios, the main job."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from experiments.commands.options import (
    changed,
    common_options,
    engine_of,
    hold_against,
    load_all,
    opened,
    refuse_failed,
    telling,
    warn_of_other,
    workers_option,
)
from experiments.costs import check_costs
from experiments.messages import Language
from scenarios import DEFAULT_COMPARISON, Scenario
from scenarios.errors import InputError

if TYPE_CHECKING:
    from experiments.comparing import Comparison

REPLICATIONS = 20


@click.command()
@click.argument("scenarios", nargs=-1)
@common_options("results/compare")
@click.option(
    "--replications", type=click.IntRange(1, 100_000),
    help=f"Runs of each scenario, with seeds from --seed on.  [default: {REPLICATIONS}]",
)  # fmt: skip
@workers_option
def compare(
    scenarios: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    days: int | None,
    changes: tuple[str, ...],
    workers: int | None,
    out: Path | None,
    language: Language,
) -> None:
    """Compare SCENARIOS, by default those shipped: table with intervals, figures, report.

    All are run with the same seeds, so they meet the same people and the same troubles; the differences are
    those from the first one named. Each finished run is kept at once: after an interrupt, a crash or a full
    disk the same command goes on where it was, and more replications or scenarios add to what is there.

    SCENARIOS may be the provenance.json of an earlier comparison, which is then made again bit for bit, or
    with what the other options change.
    """
    from experiments.provenance import UNFINISHED

    set_to = changed(changes, days)
    folder = out or Path("results") / "compare"
    engine = engine_of(workers, None, folder)
    asked, seeds, record = _asked(scenarios, seed, replications, set_to)
    as_recorded = not set_to and seed is None and replications is None and not record.get(UNFINISHED)
    recorded = record.get("results") if as_recorded else None
    set_to = record.get("parameters", {}) | set_to
    check_costs(asked.values())

    from experiments.comparing import Interrupted
    from experiments.comparing import compare as run_all
    from experiments.folders import beside, holds_whole
    from experiments.results import begin_comparison

    with opened(folder, "compare") as store:
        begin_comparison(folder, asked, seeds, set_to)
        try:
            with telling(folder, store) as tell:
                comparison = run_all(asked, seeds, store, engine, tell, set_to, anew=recorded is not None)
        except Interrupted as interrupt:
            place = beside(folder, "compare") if holds_whole(folder) else folder
            _finish(place, interrupt.comparison, seeds, language, unfinished=True)
            finished = len(interrupt.comparison.runs)
            click.echo(f"{place} holds a comparison of the {finished} runs that were finished", err=True)
            raise
        found = _finish(folder, comparison, seeds, language)
        planned, done = store.count_planned(), store.count_done()
    if recorded is not None:
        hold_against("comparison", recorded, found)
    refuse_failed(folder, planned, done)


def _asked(
    sources: tuple[str, ...], seed: int | None, replications: int | None, changes: dict[str, object]
) -> tuple[dict[str, Scenario], list[int], dict[str, Any]]:
    """The scenarios by name, the seeds, and what was recorded where an earlier comparison is made again.

    The seeds are those recorded, where neither the first nor their number is asked for.
    """
    from experiments import provenance

    first, count = 1, REPLICATIONS
    record: dict[str, Any] = {}
    if any(map(provenance.is_provenance, sources)):
        if len(sources) > 1:
            raise InputError(f"a {provenance.FILE} holds all scenarios of its comparison: give it alone")
        asked, record = provenance.read(Path(sources[0]), "compare", changes)
        warn_of_other(record)
        if seed is None and replications is None:
            return asked, record["seeds"], record
        first, count = record["seeds"][0], len(record["seeds"])
    else:
        asked = load_all(sources or DEFAULT_COMPARISON, changes)
    first, count = first if seed is None else seed, replications or count
    return asked, list(range(first, first + count)), record


def _finish(
    folder: Path, comparison: "Comparison", seeds: list[int], language: Language, *, unfinished: bool = False
) -> dict[str, str]:
    from experiments.report import print_comparison
    from experiments.results import write_comparison

    command = f"gongzhi compare {folder}/provenance.json"
    found = write_comparison(folder, comparison, seeds, command, language, unfinished=unfinished)
    print_comparison(comparison.table, comparison.scenarios, language)
    click.echo(f"{folder}/report.html")
    return found
