"""The report of an attribution: in full one HTML file that opens alone, in short a table in the terminal."""

import math
from collections.abc import Mapping
from itertools import batched
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.amounts import label_with_unit, number
from experiments.attribution.attributing import Asked
from experiments.attribution.reading import (
    SHOWN,
    Share,
    by_worth,
    hours_shown,
    shares,
    without_worth,
)
from experiments.findings import with_half
from experiments.messages import LANGUAGES, Language, label_of, say, title_in
from experiments.report import STYLES
from experiments.statistics import CLEAR
from experiments.texts import SYMBOLS, Both, both, drawn, from_to, said, template
from simulation.results.metrics import METRICS

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

BLOCK = 5
"""Outcomes beside each other in the report."""
MOST_PAIRS = 30
LABEL_WIDTH, CELL_WIDTH = 18, 17
"""Columns of a printed table."""
Tables = Mapping[str, pd.DataFrame]


def render(
    asked: Asked,
    tables: Tables,
    figures: Mapping[str, bytes],
    versions: Mapping[str, str],
    command: str,
    language: Language,
) -> str:
    """The report as a page.

    Args:
        asked: what was attributed.
        tables: by name.
        figures: the figure as SVG by file name.
        versions: of whatever could change a number, by name.
        command: gives the same attribution again.
        language: the one that it opens in.
    """
    scenario = asked.base.base
    found = shares(tables["attribution"])
    columns = _columns(found, tables["totals"])
    order = _order(found)
    seeds = tables["runs"]["seed"]
    orders = int(tables["attribution"]["orders"].max())
    title = both(title_in, scenario.title)
    return template("attribution/report.html.j2").render(
        language=language,
        wide=False,
        heading=said("attribution_title", title=title),
        facts=[
            ("attribution_orders", orders),
            ("report_seed", from_to(seeds)),
            ("report_days", scenario.days),
        ],
        scenarios=[
            {"name": asked.name, "title": title, "asks": both(title_in, scenario.asks), "reference": False}
        ],
        notes=[
            said("attribution_how_to_read", n=orders, count=_judged(tables)),
            said("attribution_hours", n=f"{hours_shown(found):,}"),
            *_beware(tables),
        ],
        hours=hours_shown(found),
        mechanisms=[both(_name, name) for name in order],
        worth=[list(block) for block in batched(columns, BLOCK)],
        pairs=_pairs(tables["interactions"]) if asked.pairs else None,
        figures=[drawn("attribution", said("attribution_alt", title=title), figures)],
        tables=[
            {"name": name, "rows": len(table), "message": f"table_{name}"} for name, table in tables.items()
        ],
        command=command,
        versions=versions,
    )


def _name(mechanism: str, language: Language) -> str:
    return say(f"mechanism_{mechanism}", language)


def _order(found: Mapping[str, list[Share]]) -> list[str]:
    return by_worth(found, ("satisfaction.mean", *SHOWN))


def _columns(found: Mapping[str, list[Share]], totals: pd.DataFrame) -> list[dict[str, Any]]:
    """The outcomes that are shown, each with the share of every mechanism and what all give together."""
    order = _order(found)
    numbers = totals[["nothing", "full", "difference", "high"]].to_numpy(float, na_value=math.nan).tolist()
    together = dict(zip(totals["metric"], numbers, strict=True))
    columns = []
    for metric in SHOWN:
        if metric in found:
            rows = {share.mechanism: share for share in found[metric]}
            nothing, full, total, high = together[metric]
            columns.append(
                {
                    "metric": metric,
                    "label": both(label_with_unit, metric),
                    "better": METRICS[metric].better,
                    "shares": [rows[name] for name in order],
                    "difference": with_half(metric, total, high - total, signed=True),
                    "from": number(metric, nothing),
                    "to": number(metric, full),
                }
            )
    return columns


def _beware(tables: Tables) -> list[Both]:
    """What to beware of."""
    notes = []
    failed = int((tables["runs"]["status"] != "done").sum())
    if failed:
        notes.append(said("report_failed", n=failed))
    if int(tables["attribution"]["orders"].max()) < 2:
        notes.append(said("attribution_one_order"))
    none, some = without_worth(tables["attribution"])
    if none:
        notes.append(said("attribution_none", metrics=_labels(none)))
    if some:
        notes.append(said("attribution_some", metrics=_labels(some)))
    return notes


def _judged(tables: Tables) -> int:
    """How many worths are judged together."""
    return int(tables["attribution"]["p_holm"].notna().sum())


def _labels(metrics: list[str]) -> Both:
    english, chinese = zip(*(both(label_of, metric) for metric in metrics), strict=True)
    return say("semicolon", "en").join(english), say("semicolon", "zh").join(chinese)


def _pairs(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The clear interactions of the outcomes that are shown, the strongest of each first."""
    clear = table[table["p_bh"] <= CLEAR]
    rows = []
    for metric in SHOWN:
        here = clear[clear["metric"] == metric]
        for row in here.sort_values("interaction", key=abs, ascending=False).to_dict("records"):
            one, other = both(_name, row["first"]), both(_name, row["second"])
            rows.append(
                {
                    "label": both(label_with_unit, metric),
                    "names": (f"{one[0]} + {other[0]}", f"{one[1]} + {other[1]}"),
                    "text": with_half(
                        metric, row["interaction"], row["high"] - row["interaction"], signed=True
                    ),
                    "n": row["n"],
                }
            )
    return rows[:MOST_PAIRS]


def print_attribution(tables: Tables, language: Language, console: "Console | None" = None) -> None:
    """Print what each mechanism is worth to the main metrics; those that do not fit beside follow below.

    Args:
        tables: by name.
        language: of all texts.
        console: where to; the standard output if None.
    """
    from rich.console import Console

    console = console or Console()
    found = shares(tables["attribution"])
    hours = hours_shown(found)
    fitting = max(1, (console.width - LABEL_WIDTH) // CELL_WIDTH)
    for block in batched(_columns(found, tables["totals"]), fitting):
        console.print(_printed(list(block), _order(found), hours, language))
    console.print(say("attribution_caption", language, n=f"{hours:,}", count=_judged(tables)))
    place = LANGUAGES.index(language)
    for note in _beware(tables):
        console.print(note[place])


def _printed(columns: list[dict[str, Any]], order: list[str], hours: int, language: Language) -> "Table":
    from rich.table import Table
    from rich.text import Text

    place = LANGUAGES.index(language)
    printed = Table(box=None, padding=(0, 1, 0, 0), show_edge=False)
    printed.add_column(say("mechanism", language), max_width=LABEL_WIDTH - 1, overflow="fold")
    for column in columns:
        printed.add_column(
            Text(column["label"][place]), justify="right", overflow="fold", min_width=CELL_WIDTH - 1
        )
    for row, name in enumerate(order):
        entries = []
        for column in columns:
            share = column["shares"][row]
            entry = Text(f"{share.text} {SYMBOLS.get(share.verdict, ' ')}", style=STYLES[share.verdict])
            if share.per_text(hours):
                entry.append(f"\n{share.per_text(hours)}  ", style="dim")
            entries.append(entry)
        printed.add_row(Text(_name(name, language)), *entries)
    printed.add_row(
        Text(say("attribution_all", language), style="bold"),
        *(Text(f"{column['difference']}  ", style="bold") for column in columns),
    )
    return printed
