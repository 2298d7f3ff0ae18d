"""What can go wrong while somebody watches; the texts are for people."""

from scenarios.errors import GongzhiError


class ViewError(GongzhiError):
    """Something that a visitor asked for cannot be had."""


class GoneError(ViewError):
    """It is not there, or no more."""


class RunDiedError(ViewError):
    """The model raised; the text is that of its error."""


class FullError(ViewError):
    """The server has as many visitors, or as much to do, as it may."""


class GuessedError(FullError):
    """Too many wrong codes of classes were tried."""
