"""What people read in figures, tables and reports, in English and in Simplified Chinese.

The texts stand side by side in ``messages.toml``; metrics have theirs in :mod:`simulation.results.metrics`.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from scenarios.cases import Title
from scenarios.phrases import LANGUAGES, Language
from simulation.results.metrics import METRICS

__all__ = ["LANGUAGES", "Language", "label_of", "messages", "say", "title_in", "titles_of"]
FILE = Path(__file__).with_name("messages.toml")


@cache
def messages() -> dict[str, dict[str, str]]:
    """All texts: by key, then by language."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def say(key: str, language: Language, **values: Any) -> str:
    """The text ``key`` with ``values`` put in their places.

    Raises:
        KeyError: where no text is called ``key``, or it has a place for which there is no value.
    """
    return messages()[key][language].format(**values)


def title_in(title: Title | str, language: Language) -> str:
    """A scenario's own text, which may be one for both languages."""
    return title if isinstance(title, str) else str(getattr(title, language))


def titles_of(title: Title | str) -> dict[Language, str]:
    """A scenario's own text by language."""
    return {language: title_in(title, language) for language in LANGUAGES}


def label_of(metric: str, language: Language) -> str:
    """The label of a metric, or its name where :mod:`simulation.results.metrics` does not know it."""
    known = METRICS.get(metric)
    return str(getattr(known, language)) if known else metric
