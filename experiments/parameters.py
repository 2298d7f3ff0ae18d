"""What parameters are called where people read of them, in English and in Chinese.

Their names stand side by side in ``parameters.toml``. A parameter that has none as a whole is called by its
section and its own name in it: ``Doors · time to tell of a notice``.
"""

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from experiments.messages import Language, messages, say
from experiments.sweeps.factors import SCENARIO
from scenarios.fields import key_at, keys_of
from scenarios.schema import Scenario

FILE = Path(__file__).with_name("parameters.toml")
BETWEEN = " · "


@cache
def names() -> dict[str, dict[str, str]]:
    """Names by key, then by language; a key is a part of a dotted path, or several."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


@cache
def name_of(factor: str, language: Language) -> str:
    """What a parameter, or another factor of a sweep, is called.

    Args:
        factor: the dotted path of a parameter; or a name that somebody chose, which stays as it is.
        language: of the name.
    """
    if factor == SCENARIO:
        return say("scenario", language)
    mechanism = factor.replace("mechanisms.", "mechanism_", 1)
    if mechanism != factor and mechanism in messages():
        return say(mechanism, language)
    path = tuple(step for step in factor.split(".") if not step.startswith("<"))
    if path[0] not in keys_of(Scenario):
        return factor
    below = len(path) > 2 and path[0] in LEFT_OUT and _longest(path) == 1
    name = BETWEEN.join(_parts(path, 1 if below else 0, language))
    return name[:1].upper() + name[1:]


LEFT_OUT = ("community", "notices", "cases", "desks", "resources", "council", "ledger", "providers")
"""Sections whose name is left out of those of parameters further down, which say enough."""


def _parts(path: tuple[str, ...], place: int, language: Language) -> Iterator[str]:
    while place < len(path):
        taken = 0 if _chosen(path[:place]) else _longest(path[place:])
        yield names()[".".join(path[place : place + taken])][language] if taken else path[place]
        place += max(1, taken)


def _longest(path: tuple[str, ...]) -> int:
    """How many steps of a path the longest key has that fits its start; 0 where none does."""
    return next((end for end in range(len(path), 0, -1) if ".".join(path[:end]) in names()), 0)


def _chosen(path: tuple[str, ...]) -> bool:
    """Whether names below a path are chosen by whoever writes the scenario."""
    _, kind = key_at(path, {}) if path else (None, None)
    return kind is not None and kind.name == "names"


def names_in(factors: Iterable[str], language: Language) -> str:
    """What several factors are called, one after the other."""
    return say("comma", language).join(name_of(factor, language) for factor in factors)


def switch_in(value: bool, language: Language) -> str:
    """A switch's value in words."""
    return say("switch_on" if value else "switch_off", language)
