"""What can go wrong while somebody watches; the texts are for people."""

from collections.abc import Mapping

from scenarios.errors import GongzhiError
from scenarios.phrases import LANGUAGES, Language

type Told = Mapping[Language, str] | str
"""What went wrong, by language; a text where it is the same in both, and nothing where nothing did."""


def told_of(error: Exception) -> Told:
    """What an exception says; of one that nobody foresaw, its kind too."""
    return error.in_both() if isinstance(error, GongzhiError) else f"{type(error).__name__}: {error}"


class ViewError(GongzhiError):
    """Something that a visitor asked for cannot be had."""


class GoneError(ViewError):
    """It is not there, or no more."""


class RunDiedError(ViewError):
    """The model raised.

    Args:
        told: the text of its error.
    """

    def __init__(self, told: Told) -> None:
        self.told = dict.fromkeys(LANGUAGES, told) if isinstance(told, str) else dict(told)
        super().__init__(self.told["en"])

    def in_(self, language: Language) -> str:
        """What it says, in one of the languages."""
        return self.told[language]


class FullError(ViewError):
    """The server has as many visitors, or as much to do, as it may."""


class GuessedError(FullError):
    """Too many wrong codes of classes were tried."""
