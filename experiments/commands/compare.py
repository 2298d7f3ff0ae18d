"""``gongzhi compare``: paired replications of several scenarios, the main job."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from experiments.commands.options import (
    changed,
    common_options,
    hold_against,
    kernels,
    load_all,
    progress,
    warn_of_other,
    workers_option,
)
from experiments.costs import check_costs
from experiments.engines.pool import cores
from experiments.engines.task import Outcome
from experiments.messages import Language
from scenarios import DEFAULT_COMPARISON, Scenario
from scenarios.errors import InputError, RunFailedError

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
    those from the first one named. SCENARIOS may be the provenance.json of an earlier comparison, which is
    then made again bit for bit, or with what the other options change.
    """
    set_to = changed(changes, days)
    asked, seeds, record = _asked(scenarios, seed, replications, set_to)
    recorded = record.get("results") if not set_to and seed is None and replications is None else None
    set_to = record.get("parameters", {}) | set_to
    check_costs(asked.values())
    folder = out or Path("results") / "compare"

    from experiments.comparing import Interrupted
    from experiments.comparing import compare as run_all
    from experiments.folders import beside, claim

    earlier = claim(folder, "compare")
    interrupted = False
    with kernels(), progress() as bar:
        runs = bar.add_task("runs", total=len(asked) * len(seeds))

        def tell(outcome: Outcome) -> None:
            bar.update(runs, advance=1, description=f"{outcome.name} {outcome.seed}")
            if outcome.error is not None:
                click.echo(f"{outcome.name}, seed {outcome.seed}, failed: {outcome.error}", err=True)

        try:
            comparison = run_all(asked, seeds, workers or cores(), tell, set_to)
        except Interrupted as interrupt:
            comparison, interrupted = interrupt.comparison, True
            folder = beside(folder, "compare") if earlier else folder
    found = _finish(folder, comparison, seeds, language)
    if recorded is not None and not interrupted:
        hold_against("comparison", recorded, found)
    if interrupted:
        click.echo(
            f"interrupted: {folder} holds the {len(comparison.runs)} runs that were finished", err=True
        )
        raise KeyboardInterrupt
    failed = int((comparison.runs["status"] == "failed").sum())
    if failed:
        raise RunFailedError(
            f"{failed} of {len(comparison.runs)} runs failed; {folder}/runs.parquet says why"
        )


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


def _finish(folder: Path, comparison: "Comparison", seeds: list[int], language: Language) -> dict[str, str]:
    from experiments.report import print_comparison
    from experiments.results import write_comparison

    command = f"gongzhi compare {folder}/provenance.json"
    found = write_comparison(folder, comparison, seeds, command, language)
    print_comparison(comparison.table, comparison.scenarios, language)
    click.echo(f"{folder}/report.html")
    return found
