"""The front as a table in the terminal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.amounts import NOTHING, decimals_for, label_with_unit, number
from experiments.messages import Language, say
from experiments.search.asked import Direction
from experiments.sweeps.factors import Factor, Range
from scenarios.units import write_clock

if TYPE_CHECKING:
    from rich.console import Console


def print_front(
    front: pd.DataFrame,
    outcomes: Mapping[str, Direction],
    factors: Sequence[Factor],
    language: Language,
    console: "Console | None" = None,
) -> None:
    """Print each setting on the front with its outcomes, below the scenario itself.

    Args:
        front: as in ``front.parquet``.
        outcomes: with their directions.
        factors: what was varied.
        language: of all texts.
        console: where to; the standard output if None.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(say("front_number", language), justify="right")
    table.add_column("", no_wrap=True)
    for factor in factors:
        table.add_column(Text(factor.name.replace(".", ".\n")), justify="right", overflow="fold")
    for name, direction in outcomes.items():
        label = f"{label_with_unit(name, language)}\n{say(f'front_{direction}', language)}"
        table.add_column(Text(label), justify="right", overflow="fold", min_width=18)
    for row in front.to_dict("records"):
        of_it = [_shown(factor, row.get(factor.name)) for factor in factors]
        kind = "front_base" if row["what"] == "base" else "front_holds" if row["holds"] else "front_falls"
        values = [_value(str(name), row) for name in outcomes]
        table.add_row(str(row["trial"]), say(f"{kind}_short", language), *of_it, *values)
    console = console or Console()
    console.print(table)
    console.print(say("front_caption", language, n=int(front["runs"].iloc[0])))


def _shown(factor: Factor, label: Any) -> str:
    if label is None or (isinstance(label, float) and pd.isna(label)):
        return NOTHING
    if isinstance(factor, Range) and factor.kind == "duration":
        return f"{label * 60.0:.0f} min" if factor.high < 10.0 else f"{label:.1f} h"
    if isinstance(factor, Range) and factor.kind == "time of day":
        return write_clock(label)
    if isinstance(label, float) and not label.is_integer():
        return f"{label:.3g}"
    return f"{label:.0f}" if isinstance(label, float) else str(label)


def _value(outcome: str, row: Mapping[Any, Any]) -> str:
    """Mean by fresh seeds, half its interval, and in brackets what had it chosen."""
    mean, high, chosen = (row[f"{outcome}.{value}"] for value in ("mean", "high", "chosen"))
    if pd.isna(mean):
        return f"{NOTHING} ({number(outcome, chosen)})"
    half = 0.0 if pd.isna(high) else high - mean
    places = decimals_for(outcome, mean, half)
    shown, around, before = (number(outcome, value, decimals=places) for value in (mean, half, chosen))
    return f"{shown} ± {around} ({before})" if not pd.isna(high) else f"{shown} ({before})"
