"""The kinds of case in a log: names that a scenario can use, and rare kinds pooled."""

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from scenarios.cases import Title

OTHER = "other"
LONGEST_NAME, LONGEST_TITLE = 40, 400


@dataclass(frozen=True, slots=True)
class Kinds:
    """How the log's categories go into the scenario's."""

    names: dict[str, str]
    """Name in the scenario by category of the log; a category that is not here is pooled as ``other``."""
    titles: dict[str, Title | str]
    """What each name is called in figures, the most frequent first and ``other`` last."""

    def of(self, categories: "pd.Series[Any]") -> "pd.Series[Any]":
        """The scenario's name for each category."""
        return categories.map(lambda category: self.names.get(category, OTHER)).astype("string")


def sort_kinds(categories: "pd.Series[Any]", fewest: int, most: int) -> Kinds:
    """Keep the most frequent categories and pool the others.

    Args:
        categories: of every case.
        fewest: categories with fewer cases are pooled.
        most: categories kept besides the pool.
    """
    counts = categories.value_counts()
    counts = counts[sorted(counts.index, key=lambda name: (-counts[name], name))]
    kept = counts[counts >= fewest].index[:most].tolist()
    if len(counts) - len(kept) == 1:  # a pool of one category is that category
        kept = counts.index.tolist()
    rare = len(counts) - len(kept)
    names: dict[str, str] = {}
    titles: dict[str, Title | str] = {}
    for number, category in enumerate(kept, 1):
        names[category] = _name(category, number, {*titles, OTHER} if rare else set(titles))
        titles[names[category]] = " ".join(category.split())[:LONGEST_TITLE] or Title(
            en="All cases", zh="全部案件"
        )
    if kept != [""] and "" in names:
        titles[names[""]] = Title(en="No category", zh="未分类")
    if rare:
        titles[OTHER] = Title(en=f"Other ({rare} rarer kinds)", zh=f"其他（{rare}个较少见类别）")
    return Kinds(names, titles)


def _name(category: str, number: int, taken: set[str]) -> str:
    """A valid name that is not taken: what is Latin in the category, or its number."""
    plain = re.sub(r"[^a-z0-9]+", "_", category.lower()).strip("_")
    plain = plain if plain[:1].isalpha() else f"kind_{plain}" if plain else f"kind_{number}"
    plain = plain[:LONGEST_NAME].rstrip("_")
    name, again = plain, 2
    while name in taken:
        ending = f"_{again}"
        name, again = plain[: LONGEST_NAME - len(ending)] + ending, again + 1
    return name
