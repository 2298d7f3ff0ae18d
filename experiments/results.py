"""What a result folder holds, and how it is written."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments import provenance
from experiments.comparing import Comparison
from experiments.crate import write_crate
from experiments.files import parquet, write, write_all
from experiments.folders import REPORT, clear, files_of
from experiments.messages import Language
from scenarios.schema import Scenario
from simulation.run import Result

SUMMARY = "summary.json"


def hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file's content."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def write_run(
    folder: Path,
    name: str,
    scenario: Scenario,
    seed: int,
    result: Result,
    command: str,
    language: Language = "en",
) -> dict[str, str]:
    """Write tables, summary, provenance, figures and report of one run.

    Args:
        folder: the result folder.
        name: of the scenario.
        scenario: what was asked.
        seed: of the run.
        result: what came of it.
        command: gives the same run again; shown in the report.
        language: in which the report opens.

    Returns:
        SHA-256 of every table and of the summary.
    """
    from experiments.curves import Shown, average, curves_of
    from experiments.figures import draw_all
    from experiments.report import render_run

    files = {f"{table}.parquet": parquet(rows) for table, rows in result.tables.items()}
    files[SUMMARY] = (json.dumps(result.metrics, indent=1, allow_nan=False) + "\n").encode()
    description = _write(folder, files, "run", {name: scenario}, [seed])
    shown = Shown(name, scenario.title, average([curves_of(result.tables)]), scenario.asks)
    figures = draw_all([shown])
    write_all(folder, figures)
    report = render_run(
        shown, seed, result.metrics, result.tables, figures, description["versions"], command, language
    )
    write(folder / REPORT, report)
    names = [*provenance.names(description), *figures, REPORT]
    write_crate(folder, names, description, provenance.inputs(description))
    return dict(description["results"])


def begin_comparison(
    folder: Path, scenarios: Mapping[str, Scenario], seeds: Sequence[int], changes: Mapping[str, object]
) -> None:
    """Write, before anything is run, what is to be compared; a result that is there stays as it is.

    Raises:
        OutputError: it cannot be written.
    """
    if not (folder / provenance.FILE).exists():
        asked = provenance.describe("compare", scenarios, seeds, {}, changes)
        write_all(folder, provenance.files(asked | {provenance.UNFINISHED: True}))


def write_comparison(
    folder: Path,
    comparison: Comparison,
    seeds: Sequence[int],
    command: str,
    language: Language = "en",
    *,
    unfinished: bool = False,
) -> dict[str, str]:
    """Write the row per run, the intervals, provenance, figures and report of a comparison.

    Args:
        folder: the result folder.
        comparison: what came of it.
        seeds: of the replications asked for.
        command: gives the same comparison again; shown in the report.
        language: in which the report opens.
        unfinished: whether an interrupt left out runs.

    Returns:
        SHA-256 of every table.
    """
    from experiments.figures import draw_all
    from experiments.report import render_comparison

    runs, table = comparison.runs, comparison.table
    files = {
        "runs.parquet": parquet(runs),
        "comparison.parquet": parquet(table),
        "comparison.csv": table.to_csv(index=False).encode(),
    }
    asked = comparison.scenarios, seeds, comparison.parameters
    description = _write(folder, files, "compare", *asked, unfinished=unfinished)
    figures = draw_all(comparison.shown, table)
    write_all(folder, figures)
    versions = description["versions"]
    report = render_comparison(comparison.shown, runs, table, figures, versions, command, language)
    write(folder / REPORT, report)
    names = [*provenance.names(description), *figures, REPORT]
    write_crate(folder, names, description, provenance.inputs(description))
    return dict(description["results"])


def _write(
    folder: Path,
    files: Mapping[str, bytes],
    kind: str,
    scenarios: Mapping[str, Scenario],
    seeds: Sequence[int],
    parameters: Mapping[str, object] | None = None,
    *,
    unfinished: bool = False,
) -> dict[str, Any]:
    """Write files and what made them, remove what an earlier result left; returns what made them."""
    description = provenance.describe(kind, scenarios, seeds, hashes(files), parameters)
    if unfinished:
        description[provenance.UNFINISHED] = True
    new = {**provenance.files(description), **files}
    stale = files_of(folder) - new.keys()
    write_all(folder, new)
    clear(folder, stale)
    return description
