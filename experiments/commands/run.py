"""``gongzhi run``: one run of one scenario."""

from pathlib import Path

import click

from experiments.commands.options import (
    changed,
    common_options,
    hold_against,
    load_all,
    progress,
    warn_of_other,
)
from experiments.costs import check_costs
from experiments.messages import Language
from scenarios import Scenario


@click.command()
@click.argument("scenario")
@common_options("results/run-SCENARIO-SEED")
@click.option("--trace", is_flag=True, help="Also keep who heard each notice when and from whom: `spread`.")
def run(
    scenario: str,
    seed: int | None,
    days: int | None,
    changes: tuple[str, ...],
    trace: bool,
    out: Path | None,
    language: Language,
) -> None:
    """Run SCENARIO once: result tables, figures, summary.

    SCENARIO may be the provenance.json of an earlier run, which is then made again bit for bit.
    """
    asked, seed, recorded = _asked(scenario, seed, changed(changes, days))
    ((name, what),) = asked.items()
    check_costs(asked.values())
    trace = trace or "spread.parquet" in (recorded or {})
    folder = out or Path("results") / f"run-{name}-{seed}"

    from experiments.engines.kernels import load_kernels
    from experiments.folders import claim
    from experiments.report import print_run
    from experiments.results import write_run

    claim(folder, "run")
    load_kernels()
    with progress() as bar:
        from simulation.run import run as live

        days_lived = bar.add_task(name, total=what.days)
        result = live(what, seed, trace=trace, tell=lambda day: bar.update(days_lived, completed=day))
    found = write_run(folder, name, what, seed, result, f"gongzhi run {folder}/provenance.json", language)
    print_run(result.metrics, language)
    click.echo(f"{folder}/report.html")
    if recorded is not None:
        hold_against("run", recorded, found)


def _asked(
    source: str, seed: int | None, changes: dict[str, object]
) -> tuple[dict[str, Scenario], int, dict[str, str] | None]:
    """The scenario by name, the seed, and what came out before where an earlier run is made again."""
    from experiments import provenance

    if not provenance.is_provenance(source):
        return load_all([source], changes), 1 if seed is None else seed, None
    asked, description = provenance.read(Path(source), "run", changes)
    warn_of_other(description)
    recorded = description.get("results") if not changes and seed is None else None
    return asked, description["seeds"][0] if seed is None else seed, recorded
