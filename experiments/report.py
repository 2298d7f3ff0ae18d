"""The report of a run or a comparison, in English and in Chinese.

In full it is one HTML file that opens alone, in short a table in the terminal.
"""

from collections.abc import Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.amounts import decimals_for, difference, label_with_unit, number, with_unit
from experiments.curves import Averaged, Band, Shown, informed_in_time, wants_met
from experiments.figures import FIGURES
from experiments.findings import (
    MAIN,
    Cell,
    Verdict,
    cells,
    clear,
    doubted,
    excluding_0,
    judged,
    typical_gain,
)
from experiments.giving import FAILS
from experiments.messages import LANGUAGES, Language, label_of, say, title_in
from experiments.texts import SYMBOLS, Both, both, drawn, said, template
from scenarios.schema import Scenario
from simulation.results.metrics import METRICS

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

STYLES: dict[Verdict, str] = {
    "better": "green",
    "worse": "red",
    "other": "cyan",
    "unclear": "dim",
    "partial": "dim",
}
MOST_WARNINGS = 40
MOST_COLUMNS, BLOCK = 5, 6
"""Scenarios beside each other in a report; more stand below each other, with so many metrics a table."""
LABEL_WIDTH, CELL_WIDTH = 25, 15
"""Columns of a printed table; the first has more where there is room."""


def render_run(
    shown: Shown,
    seed: int,
    metrics: Mapping[str, float | None],
    tables: Mapping[str, pd.DataFrame],
    figures: Mapping[str, bytes],
    versions: Mapping[str, str],
    command: str,
    language: Language = "en",
) -> str:
    """The report of one run.

    Args:
        shown: the scenario and its curves.
        seed: of the run.
        metrics: by name.
        tables: by name.
        figures: of :func:`experiments.figures.draw_all`.
        versions: of whatever could change a number, by name.
        command: gives the same run again.
        language: the one that it opens in.
    """
    warnings = list(tables["warnings"][["en", "zh"]].itertuples(index=False, name=None))
    days = len(tables["timeline"])
    return template("report.html.j2").render(
        _common([shown], figures, versions, command, language)
        | {
            "heading": said("report_run", title=both(title_in, shown.title)),
            "facts": [("report_seed", seed), ("report_days", days)],
            "values": [
                {
                    "name": name,
                    "label": both(label_of, name),
                    "value": both(with_unit, name, metrics[name]),
                }
                for name in METRICS
                if name in metrics
            ],
            "warnings": warnings[:MOST_WARNINGS],
            "more_warnings": max(0, len(warnings) - MOST_WARNINGS),
            "tables": [
                {"name": name, "rows": len(table), "message": f"table_{name}"}
                for name, table in tables.items()
            ],
        }
    )


def render_comparison(
    shown: Sequence[Shown],
    runs: pd.DataFrame,
    table: pd.DataFrame,
    figures: Mapping[str, bytes],
    versions: Mapping[str, str],
    command: str,
    language: Language = "en",
) -> str:
    """The report of a comparison.

    Args:
        shown: the scenarios of which a run succeeded, the reference first.
        runs: a row per run with ``scenario``, ``seed``, ``status`` and ``fate``.
        table: of :func:`experiments.statistics.compare_table`.
        figures: of :func:`experiments.figures.draw_all`.
        versions: of whatever could change a number, by name.
        command: gives the same comparison again.
        language: the one that it opens in.
    """
    names = [scenario.name for scenario in shown]
    by_metric = cells(table[table["scenario"].isin(names)])
    replications = int(runs["seed"].nunique())
    rows = [
        {"label": both(label_with_unit, name), "better": METRICS[name].better, "cells": row}
        for name, row in by_metric.items()
    ]
    return template("report.html.j2").render(
        _common(shown, figures, versions, command, language)
        | {
            "heading": said("report_compare"),
            "facts": [("report_replications", replications), ("report_seed", _span(runs["seed"]))],
            "wide": len(names) > 4,
            "replications": replications,
            "findings": _findings(by_metric, shown),
            "notes": _notes(by_metric, shown, runs, table),
            "judged": sum(map(judged, by_metric.values())),
            "rows": rows,
            "blocks": [list(block) for block in batched(rows, BLOCK)] if len(names) > MOST_COLUMNS else [],
            "warnings": None,
            "tables": [
                {"name": "runs", "rows": len(runs), "message": "table_runs"},
                {"name": "comparison", "rows": len(table), "message": "report_comparison_table"},
            ],
        }
    )


def _common(
    shown: Sequence[Shown],
    figures: Mapping[str, bytes],
    versions: Mapping[str, str],
    command: str,
    language: Language,
) -> dict[str, Any]:
    return {
        "language": language,
        "scenarios": [
            {
                "name": scenario.name,
                "title": both(title_in, scenario.title),
                "asks": both(title_in, scenario.asks),
                "reference": len(shown) > 1 and scenario is shown[0],
            }
            for scenario in shown
        ],
        "figures": [
            drawn(name, both(_alt, name, shown), figures) for name in FIGURES if f"{name}.en.svg" in figures
        ],
        "versions": versions,
        "command": command,
        "wide": False,
        "findings": [],
        "notes": [],
        "judged": 0,
        "rows": [],
        "blocks": [],
    }


def _listed(key: str, items: Sequence[Both]) -> Both:
    """Items one after another, separated by the message ``key``."""
    english, chinese = zip(*items, strict=True)
    return say(key, "en").join(english), say(key, "zh").join(chinese)


def _span(seeds: "pd.Series[int]") -> str:
    known = sorted(int(seed) for seed in seeds.unique())
    if known == list(range(known[0], known[-1] + 1)):
        return str(known[0]) if len(known) == 1 else f"{known[0]}–{known[-1]}"
    return ", ".join(map(str, known))


def _alt(figure: str, shown: Sequence[Shown], language: Language) -> str:
    """What a figure shows, for those who do not see it."""
    titles = [title_in(scenario.title, language) for scenario in shown]
    if figure.startswith("map_"):
        return say("map_alt", language, title=say(f"{figure}_title", language))
    averaged = [scenario.averaged for scenario in shown]
    values = {
        "informed": [with_unit("notice.reach_72h", informed_in_time(one), language) for one in averaged],
        "on_time": [with_unit("case.on_time", _mean_gap(one.on_time["gap"]), language) for one in averaged],
        "projects": [f"{one.project_states['completed']:.1f}" for one in averaged],
        "satisfaction": [number("satisfaction.mean", one.satisfaction["mean"].mean[-1]) for one in averaged],
        "waste": [number("waste.hours", one.waste["orphan"]) for one in averaged],
        "lists": [with_unit("resource.match_rate", wants_met(one), language) for one in averaged],
        "bundles": [f"{one.groups.mean[FAILS.index('begun')]:.1f}" for one in averaged],
        "willingness": [_willing_at_end(one, language) for one in averaged],
    }.get(figure, [])
    pairs = [f"{title} {value}" for title, value in zip(titles, values, strict=False)]
    return say(f"{figure}_alt", language, values=say("comma", language).join(pairs), reference=titles[0])


def _willing_at_end(averaged: Averaged, language: Language) -> str:
    bands = [averaged.willingness[kind].mean for kind in ("enterprise", "ngo")]
    ends = [float(mean[~np.isnan(mean)][-1]) if not np.isnan(mean).all() else None for mean in bands]
    return " / ".join(with_unit("resource.match_rate", end, language) for end in ends)


def _mean_gap(gap: Band) -> float | None:
    known = gap.mean[~np.isnan(gap.mean)]
    return float(known.mean()) if len(known) else None


def _findings(by_metric: Mapping[str, list[Cell]], shown: Sequence[Shown]) -> list[dict[str, Any]]:
    """For each scenario but the reference: which main metrics are better, worse, or not clearly either."""
    findings = []
    reference = both(title_in, shown[0].title)
    for place, scenario in enumerate(shown[1:], start=1):
        compared = [by_metric[name][place] for name in MAIN if name in by_metric]
        lines = [
            (
                said(f"finding_{verdict}", n=len(chosen)),
                _listed("semicolon", [_item(cell) for cell in chosen]),
            )
            for verdict in ("better", "worse", "other", "unclear", "partial")
            if (chosen := [cell for cell in compared if cell.verdict == verdict])
        ]
        title = said("finding_against", scenario=both(title_in, scenario.title), reference=reference)
        findings.append({"title": title, "lines": lines})
    return findings


def _item(cell: Cell) -> Both:
    """A metric and, where it is clear, its difference."""
    label = both(label_of, cell.metric)
    if cell.verdict == "unclear":
        return label
    if cell.verdict == "partial":
        pairs = said("table_pairs", n=cell.pairs, of=cell.paired)
        return said("finding_item", label=label, difference=pairs)
    places = decimals_for(cell.metric, cell.diff, cell.diff_half)
    shown = tuple(difference(cell.metric, cell.diff, language, places) for language in LANGUAGES)
    return said("finding_item", label=label, difference=shown)


def _notes(
    by_metric: Mapping[str, list[Cell]], shown: Sequence[Shown], runs: pd.DataFrame, table: pd.DataFrame
) -> list[Both]:
    """How to read the table, and what to beware of."""
    notes = []
    failed = int((runs["status"] != "done").sum())
    if failed:
        notes.append(said("report_failed", n=failed))
    count, alone, marked = (sum(map(of, by_metric.values())) for of in (judged, excluding_0, clear))
    if not count:
        return [*notes, said("report_one_replication")] if len(shown) > 1 else notes
    notes.append(said("report_how_to_read", count=count, alone=alone, marked=marked))
    if doubts := doubted(table):
        notes.append(said("report_doubted", n=doubts))
    if _some_partial(by_metric):
        notes.append(said("report_partial"))
    moved = _elsewhere(runs, [scenario.name for scenario in shown])
    gain = typical_gain(table, [scenario.name for scenario in shown[1:] if scenario.name not in moved])
    if gain is not None:
        key = "report_pairing" if gain > 0.0 else "report_pairing_none"
        notes.append(said(key, gain=both(with_unit, "case.on_time", gain)))
        if 0.0 < gain < 1.0:
            notes.append(said("report_pairing_runs", times=f"{1.0 / (1.0 - gain):.1f}"))
    if moved:
        titles = [both(title_in, scenario.title) for scenario in shown if scenario.name in moved]
        notes.append(said("report_other_community", scenarios=_listed("comma", titles)))
    return notes


def _some_partial(by_metric: Mapping[str, Sequence[Cell]]) -> bool:
    return any(cell.verdict == "partial" for row in by_metric.values() for cell in row)


def _elsewhere(runs: pd.DataFrame, names: Sequence[str]) -> set[str]:
    """Scenarios whose fate differs from the reference's under some seed."""
    fates = {name: runs[runs["scenario"] == name].set_index("seed")["fate"].dropna() for name in names}
    reference, *others = names
    return {name for name in others if not _agree(fates[reference], fates[name])}


def _agree(one: "pd.Series[str]", other: "pd.Series[str]") -> bool:
    first, second = one.align(other, join="inner")
    return bool((first == second).all())


def print_run(
    metrics: Mapping[str, float | None], language: Language, console: "Console | None" = None
) -> None:
    """Print the metrics of one run as a table."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(say("metric", language))
    table.add_column(say("value", language), justify="right")
    for name, value in metrics.items():
        table.add_row(label_of(name, language), with_unit(name, value, language))
    (console or Console()).print(table)


def print_comparison(
    table: pd.DataFrame,
    scenarios: Mapping[str, Scenario],
    language: Language,
    console: "Console | None" = None,
) -> None:
    """Print each scenario's metrics with intervals and the paired differences from the first scenario.

    Scenarios that do not fit beside each other follow in a further table.

    Args:
        table: of :func:`experiments.statistics.compare_table`.
        scenarios: by name; those without a row in the table are left out.
        language: of all texts.
        console: where to; the standard output if None.
    """
    from rich.console import Console

    console = console or Console()
    by_metric = cells(table)
    names = [cell.scenario for cell in next(iter(by_metric.values()))]
    titles = [title_in(scenarios[name].title, language) for name in names]
    fitting = max(1, (console.width - LABEL_WIDTH) // CELL_WIDTH)
    room = console.width - min(fitting, len(names)) * CELL_WIDTH - 1
    for places in batched(range(len(names)), fitting):
        console.print(_printed(by_metric, titles, places, language, max(room, LABEL_WIDTH - 1)))
    if (most := max(cell.n for row in by_metric.values() for cell in row)) <= 1:  # without intervals
        key = "table_caption_one" if len(names) > 1 else "table_caption_alone_one"
        console.print(say(key, language, reference=titles[0]))
    elif len(names) > 1:
        count = sum(map(judged, by_metric.values()))
        console.print(say("table_caption", language, reference=titles[0], count=count))
        if _some_partial(by_metric):
            console.print(say("report_partial", language))
    else:
        console.print(say("table_caption_alone", language, n=most))


def _printed(
    by_metric: Mapping[str, Sequence[Cell]],
    titles: Sequence[str],
    places: Sequence[int],
    language: Language,
    room: int,
) -> "Table":
    """A table of the scenarios at ``places``, whose first column has at most ``room`` columns of letters."""
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    printed = Table(box=None, padding=(0, 1, 0, 0), show_edge=False)
    labels = {metric: _broken(label_with_unit(metric, language), room) for metric in by_metric}
    first = min(room, max(cell_len(line) for label in labels.values() for line in label.splitlines()))
    rest = CELL_WIDTH - 1 + (room - first) // len(places)
    printed.add_column(say("metric", language), min_width=first, max_width=room, overflow="fold")
    for place in places:
        printed.add_column(
            Text(titles[place]), justify="right", overflow="fold", min_width=CELL_WIDTH - 1, max_width=rest
        )
    for metric, row in by_metric.items():
        entries = []
        for place in places:
            cell = row[place]
            entry = Text(cell.value_text, style="bold" if cell.best else "")
            if cell.n < cell.runs:
                entry.append("\n" + say("table_runs_with", language, n=cell.n, of=cell.runs), style="dim")
            if place > 0 and cell.verdict != "none":
                mark = SYMBOLS.get(cell.verdict, " ")
                entry.append(f"\n{cell.diff_text} {mark}", style=STYLES[cell.verdict])
            if cell.verdict == "partial":
                entry.append("\n" + say("table_pairs", language, n=cell.pairs, of=cell.paired), style="dim")
            entries.append(entry)
        printed.add_row(Text(labels[metric]), *entries)
    return printed


def _broken(label: str, room: int) -> str:
    """A label that is too long, broken before a bracket: Chinese would be broken within it."""
    from rich.cells import cell_len

    if cell_len(label) <= room:
        return label
    brackets = [
        place for place, letter in enumerate(label) if letter == "（" and cell_len(label[:place]) <= room
    ]
    return f"{label[: brackets[-1]]}\n{label[brackets[-1] :]}" if brackets and brackets[-1] else label
