"""The report of a sweep: in full one HTML file that opens alone, in short a table in the terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq

from experiments.amounts import label_with_unit
from experiments.figures import MAPPED
from experiments.findings import MAIN, with_half
from experiments.messages import LANGUAGES, Language, label_of, say
from experiments.parameters import name_of
from experiments.sweeps.plan import Plan
from experiments.sweeps.responses import NUMBERS, Points, factors_of, written
from experiments.sweeps.words import asked_of, factor_rows, set_line, title_of
from experiments.texts import Both, Drawn, both, drawn, from_to, said, template
from simulation.results.metrics import METRICS

if TYPE_CHECKING:
    from rich.console import Console

MOST_ROWS, MOST_PRINTED, MOST_FAILURES = 200, 20, 20
CELL_WIDTH, FACTOR_WIDTH = 16, (10, 18)
"""Columns of a printed metric; and of a factor, from what its name is given to what its values may take."""


def render(
    plan: Plan,
    folder: Path,
    points: Points,
    figures: Sequence[Drawn],
    sensitivity: Mapping[str, Any] | None,
    versions: Mapping[str, str],
    command: str,
    language: Language,
) -> str:
    """The report as a page.

    Args:
        plan: what was asked.
        folder: of the sweep; holds its tables.
        points: those of the main metrics.
        figures: of :func:`drawn_of`.
        sensitivity: which parameters matter, of :func:`experiments.sensitivity.report.section`; None where
            the design does not say.
        versions: of whatever could change a number, by name.
        command: gives the same sweep again.
        language: the one that it opens in.
    """
    title = title_of(plan.file, plan.sweep.title)
    asked = pq.read_table(folder / "runs.parquet", columns=["point", "seed", "status", "error"]).to_pandas()
    failed = asked[asked["status"] != "done"]
    rows = _rows(points)
    varied = factors_of(points)
    seeds = asked["seed"]
    return template("sweeps/report.html.j2").render(
        language=language,
        wide=True,
        heading=said("report_sweep", title=title),
        facts=[
            ("sweep_points", f"{len(plan.points):,}"),
            ("sweep_runs", f"{len(asked):,}"),
            ("report_seed", from_to(seeds)),
        ],
        scenarios=asked_of(plan.file, title, plan.sweep.asks, plan.scenarios),
        factors=factor_rows(plan.factors, plan.points),
        design=_design(plan, points, seeds.groupby(asked["point"]).size()),
        figures=figures,
        sensitivity=sensitivity,
        varied=[both(name_of, name) for name in varied],
        metrics=[{"label": both(label_with_unit, name), "better": METRICS[name].better} for name in MAIN],
        rows=rows[:MOST_ROWS],
        more_points=max(0, len(rows) - MOST_ROWS),
        failed=len(failed),
        failures=_failures(failed),
        python=_python(folder, varied),
        tables=[
            {"name": "runs", "rows": len(asked), "message": "table_runs"},
            {
                "name": "points",
                "rows": pq.read_metadata(folder / "points.parquet").num_rows,
                "message": "sweep_points_table",
            },
        ],
        command=command,
        versions=versions,
    )


def drawn_of(
    about: Mapping[str, tuple[str, ...]], files: Mapping[str, bytes], narrow: Mapping[str, bytes]
) -> list[Drawn]:
    """The figures as the page holds them.

    Args:
        about: the factors that each figure is about, by stem.
        files: content by file name.
        narrow: of those for a small screen.
    """
    return [drawn(name, _alt(factors), files, narrow) for name, factors in about.items()]


def _alt(factors: tuple[str, ...]) -> Both:
    """What a figure over one factor or two shows."""
    names = [both(name_of, name) for name in factors]
    if len(names) == 1:
        return said("sweep_response_alt", factor=names[0])
    return said("sweep_heat_alt", x=names[0], y=names[1])


def _design(plan: Plan, points: Points, runs: "pd.Series[int]") -> list[Both]:
    """How the points were chosen and how often each was run."""
    sweep = plan.sweep
    least, most = int(runs.min()), int(runs.max())
    lines = [
        said(
            "sweep_design",
            design=both(say, f"sweep_design_{sweep.design.kind}"),
            points=len(plan.points),
            replications=str(most) if least == most else f"{least}–{most}",
        )
    ]
    if sweep.stop is not None:
        reached = points[points["metric"] == sweep.stop.metric]
        left = len(reached) - int((reached["high"] - reached["mean"] <= sweep.stop.half_width).sum())
        lines.append(
            said(
                "sweep_stop",
                label=both(label_of, sweep.stop.metric),
                width=f"{sweep.stop.half_width:g}",
                most=sweep.stop.at_most,
                left=left,
            )
        )
    return [*lines, *set_line(sweep.set)]


def _rows(points: Points, metrics: Sequence[str] = MAIN) -> list[dict[str, Any]]:
    """A row per point with its factors and its means."""
    varied = factors_of(points)
    shown = points[points["metric"].isin(metrics)]
    rows = []
    for point, own in shown.groupby("point", sort=True):
        first = own.iloc[0]
        numbers = own.set_index("metric")[list(NUMBERS)].to_dict("index")
        rows.append(
            {
                "point": point,
                "factors": [both(written, name, first[name]) for name in varied],
                "runs": int(first["runs"]),
                "cells": [
                    {
                        "n": int(numbers[name]["n"]),
                        "text": with_half(
                            name, numbers[name]["mean"], numbers[name]["high"] - numbers[name]["mean"]
                        ),
                    }
                    for name in metrics
                ],
            }
        )
    return rows


def _failures(failed: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {"what": int(row["point"]), "seed": int(row["seed"]), "error": row["error"] or ""}
        for row in failed.fillna({"error": ""}).head(MOST_FAILURES).to_dict("records")
    ]


def _python(folder: Path, varied: Sequence[str]) -> str:
    """Lines that draw figures of a sweep."""
    by = f', by="{varied[0]}"' if varied else ""
    lines = [
        "from experiments.figures import heat, response",
        "",
        f'response({str(folder)!r}, "case.on_time"{by})',
    ]
    if len(varied) > 1:
        lines.append(f'heat({str(folder)!r}, "case.on_time", x="{varied[0]}", y="{varied[1]}")')
    return "\n".join(lines).replace("'", '"')


def print_sweep(points: Points, language: Language, console: "Console | None" = None) -> None:
    """Print the first points with as many of the main metrics as fit beside their factors.

    Args:
        points: those of the main metrics.
        language: of all texts.
        console: where to; the standard output if None.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = console or Console()
    varied = factors_of(points)
    place = LANGUAGES.index(language)
    first = [name_of(name, language) for name in varied]
    values = [[row["factors"][number][place] for row in _rows(points, MAIN)] for number in range(len(first))]
    widths = [_width(name, shown) for name, shown in zip(first, values, strict=True)]
    fitting = max(1, (console.width - 6 - sum(width + 1 for width in widths)) // CELL_WIDTH)
    order = [*MAPPED, *(name for name in MAIN if name not in MAPPED)]
    metrics = [name for name in order if name in set(points["metric"])][:fitting]
    rows = _rows(points, metrics)
    printed = Table(box=None, padding=(0, 1, 0, 0), show_edge=False)
    printed.add_column(say("sweep_point", language), justify="right")
    for name, width in zip(first, widths, strict=True):
        printed.add_column(Text(name), justify="right", overflow="fold", width=width)
    for name in metrics:
        printed.add_column(
            Text(label_with_unit(name, language)), justify="right", overflow="fold", min_width=CELL_WIDTH - 3
        )
    for row in rows[:MOST_PRINTED]:
        cells = [Text(cell["text"]) for cell in row["cells"]]
        printed.add_row(str(row["point"]), *(Text(value[place]) for value in row["factors"]), *cells)
    console.print(printed)
    if len(rows) > MOST_PRINTED:
        console.print(say("sweep_more_points", language, n=len(rows) - MOST_PRINTED))
    console.print(say("sweep_printed", language))


def _width(name: str, values: Sequence[str]) -> int:
    """Columns of a printed factor: as many as its longest value takes, and its name's longest word."""
    from rich.cells import cell_len

    least, most = FACTOR_WIDTH
    given = min(cell_len(name), least)
    return min(max(given, *map(cell_len, [*name.split(), *values])), most)
