"""The exceptions of the project: one tree, so that a caller can catch as widely as it means to.

GongzhiError
├── InputError              what the user gave cannot be used (exit code 2)
│   ├── FileError           a file: a list of problems with their places
│   │   ├── ScenarioError   a scenario file
│   │   └── LayoutError     a file of building footprints
│   ├── TooLargeError       a run above the limit on its cost
│   ├── CaseLogError        a file of real cases
│   └── ResultError         a result folder or provenance file
├── OutputError             a result cannot be written (exit code 1)
├── RunFailedError          runs that raised or whose worker died (exit code 1)
└── DeadModelError          a model that raised is stepped again (exit code 1)
"""

from dataclasses import dataclass

from scenarios.phrases import LANGUAGES, Language, Phrase, in_language


class GongzhiError(Exception):
    """Whatever this project raises on purpose; its text is meant for the user.

    Where that is a :class:`~scenarios.phrases.Phrase`, it is there in both languages, else in English alone.
    """

    exit_code = 1

    def in_(self, language: Language) -> str:
        """What it says, in one of the languages as far as it is there."""
        said = self.args[0] if self.args else ""
        return in_language(said, language) if isinstance(said, Phrase) else str(self)

    def in_both(self) -> dict[Language, str]:
        """What it says, by language."""
        return {language: self.in_(language) for language in LANGUAGES}


class InputError(GongzhiError):
    """Something the user gave cannot be used."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file."""

    file: str
    """The file as the user named it, or the shipped scenario's name."""
    line: int | None
    """Line, from 1; None where the problem has no single place."""
    column: int | None
    """Column, from 1."""
    path: str
    """Dotted path of the key in question; empty for the file as a whole."""
    said: Phrase | str
    """What is wrong with which value, what is allowed, and the nearest valid name where there is one."""

    @property
    def message(self) -> str:
        """What is said, in English."""
        return str(self.said)

    def __str__(self) -> str:
        """``file:line:column: path: message``, leaving out what is not known; in English."""
        return self.in_("en")

    def in_(self, language: Language) -> str:
        """The same in one of the languages."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return ": ".join(part for part in (place, self.path, in_language(self.said, language)) if part)


class FileError(InputError):
    """A file is wrong.

    Attributes:
        problems: everything found wrong, in the order of the file.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        """A line for each problem, in English."""
        return self.in_("en")

    def in_(self, language: Language) -> str:
        """A line for each problem, in one of the languages."""
        return "\n".join(problem.in_(language) for problem in self.problems)


class ScenarioError(FileError):
    """A scenario file is wrong."""


class LayoutError(FileError):
    """A file of building footprints cannot be used."""


class TooLargeError(InputError):
    """A run would cost more than its scenario allows."""


class CaseLogError(InputError):
    """A file of real cases cannot be used."""


class ResultError(InputError):
    """A result folder or provenance file cannot be used."""


class OutputError(GongzhiError):
    """A result cannot be written."""


class RunFailedError(GongzhiError):
    """Runs raised, or their worker died."""


class DeadModelError(GongzhiError):
    """A model that raised an exception is stepped again."""
