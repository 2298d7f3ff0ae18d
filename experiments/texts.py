"""Texts of reports, each in English and in Chinese, and the pages that they are put into."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from experiments.findings import Verdict
from experiments.messages import LANGUAGES, Language, say

if TYPE_CHECKING:
    import pandas as pd
    from jinja2 import Template

Both = tuple[str, str]
"""A text in English and in Chinese."""
Drawn = dict[str, Any]
"""A figure as pages hold it, of :func:`drawn`."""
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


def drawn(
    name: str, alt: Both, files: Mapping[str, bytes], narrow: Mapping[str, bytes] | None = None
) -> Drawn:
    """A figure as pages hold it: inside the page, in both languages.

    Args:
        name: stem of its files.
        alt: what is said where it cannot be seen.
        files: figures as SVG, by file name.
        narrow: those for a small screen, by the same names; where it has none there it is shown as it is.
    """
    narrow = narrow or {}

    def inside(source: Mapping[str, bytes]) -> list[str]:
        return [b64encode(source[f"{name}.{language}.svg"]).decode() for language in LANGUAGES]

    return {
        "alt": alt,
        "data": inside(files),
        "narrow": inside(narrow) if f"{name}.{LANGUAGES[0]}.svg" in narrow else None,
    }


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
