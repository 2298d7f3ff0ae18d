"""What a page may ask at all: plain data, no deeper than any page of ours sends.

A message comes as JSON, which may hold lists within lists until Python gives up, and halves of characters
that no text can be written with. Rooms check what they understand; this is checked before, for all of them.
"""

from collections.abc import Mapping
from typing import Any

DEEPEST = 20
"""Levels of lists and mappings within each other."""


def is_plain(action: Mapping[str, Any]) -> bool:
    """Whether an action can be looked into, and repeated in an answer, without more ado."""
    waiting: list[tuple[Any, int]] = [(action, 0)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, Mapping):
            inside = [*value.keys(), *value.values()]
        elif isinstance(value, list):
            inside = value
        else:
            if isinstance(value, str) and not _writable(value):
                return False
            continue
        if depth == DEEPEST:
            return False
        waiting += [(one, depth + 1) for one in inside]
    return True


def _writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
