"""The nearest valid name to what somebody wrote."""

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str], least: float = 0.6) -> str:
    """``; did you mean 'damage'?`` where a known name is near enough, else nothing.

    Args:
        name: what was written.
        known: the valid names.
        least: how alike the two must be, from 0 to 1.
    """
    alike = difflib.get_close_matches(name[:40].lower().replace("-", "_"), list(known), 1, least)
    return f"; did you mean '{alike[0]}'?" if alike else ""
