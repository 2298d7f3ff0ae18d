"""The exceptions of the project: one tree, so that a caller can catch as widely as it means to.

GongzhiError
├── InputError              what the user gave cannot be used (exit code 2)
│   ├── ScenarioError       a scenario file: a list of problems with their places
│   ├── TooLargeError       a run above the limit on its cost
│   ├── LayoutError         a file of building footprints
│   ├── CaseLogError        a file of real cases
│   └── ResultError         a result folder or provenance file
├── OutputError             a result cannot be written (exit code 1)
├── RunFailedError          runs that raised or whose worker died (exit code 1)
└── DeadModelError          a model that raised is stepped again (exit code 1)
"""

from dataclasses import dataclass


class GongzhiError(Exception):
    """Whatever this project raises on purpose; its text is meant for the user."""

    exit_code = 1


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
    message: str
    """What is wrong with which value, what is allowed, and the nearest valid name where there is one."""

    def __str__(self) -> str:
        """``file:line:column: path: message``, leaving out what is not known."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return ": ".join(part for part in (place, self.path, self.message) if part)


class ScenarioError(InputError):
    """A scenario file is wrong.

    Attributes:
        problems: everything found wrong, in the order of the file.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class TooLargeError(InputError):
    """A run would cost more than its scenario allows."""


class LayoutError(InputError):
    """A file of building footprints cannot be used."""


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
