"""What a page may ask at all: data no deeper than any page of ours sends.

A message comes as JSON, which may hold lists within lists until Python gives up. Rooms check what they
understand; this is checked before, for all of them.
"""

from collections.abc import Mapping
from typing import Any

DEEPEST = 20
"""Levels of lists and mappings within each other."""


def is_shallow(action: Mapping[str, Any]) -> bool:
    """Whether an action can be looked into, and repeated in an answer, without more ado."""
    waiting: list[tuple[Any, int]] = [(action, 0)]
    while waiting:
        value, depth = waiting.pop()
        if not isinstance(value, Mapping | list):
            continue
        if depth == DEEPEST:
            return False
        inside = value.values() if isinstance(value, Mapping) else value
        waiting += [(one, depth + 1) for one in inside]
    return True
