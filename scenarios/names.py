"""The nearest valid name to what somebody wrote."""

import difflib
from collections.abc import Iterable

from scenarios.phrases import Phrase, listed, phrase


def did_you_mean(name: str, known: Iterable[str], least: float = 0.6) -> Phrase | None:
    """``did you mean 'damage'?`` where a known name is near enough, else nothing.

    Args:
        name: what was written.
        known: the valid names.
        least: how alike the two must be, from 0 to 1.
    """
    alike = difflib.get_close_matches(name[:40].lower().replace("-", "_"), list(known), 1, least)
    return phrase("did you mean '{name}'?", name=alike[0]) if alike else None


def there_are(known: Iterable[str]) -> Phrase:
    """All valid names."""
    names = listed(known)
    return phrase("there are: {names}", names=names) if names else phrase("there is none")


def nearest_name(name: str, known: Iterable[str]) -> Phrase:
    """The valid name that is near enough to what was written, or else all of them."""
    known = list(known)
    return did_you_mean(name, known) or there_are(known)
