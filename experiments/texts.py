"""Texts of reports, each in English and in Chinese, and the pages that they are put into."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from experiments.findings import Verdict
from experiments.messages import Language, say

if TYPE_CHECKING:
    import pandas as pd
    from jinja2 import Template

Both = tuple[str, str]
"""A text in English and in Chinese."""
SYMBOLS: dict[Verdict, str] = {"better": "▲", "worse": "▼", "other": "◆"}


def both(text: Callable[..., str], *arguments: object) -> Both:
    """What ``text`` gives in each language, which is its last argument."""
    return text(*arguments, "en"), text(*arguments, "zh")


def said(key: str, **values: object) -> Both:
    """A message in both languages; values that are texts in both are put in each in its own."""

    def text(place: int, language: Language) -> str:
        chosen = {name: value[place] if isinstance(value, tuple) else value for name, value in values.items()}
        return say(key, language, **chosen)

    return text(0, "en"), text(1, "zh")


def from_to(seeds: "pd.Series[int]") -> str:
    """The first seed and the last, or the only one."""
    return "–".join(map(str, sorted({seeds.min(), seeds.max()})))


@cache
def template(name: str) -> "Template":
    """A page of this folder."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("experiments", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"say": say, "symbols": SYMBOLS}
    return environment.get_template(name)
