"""A job: one attempt of one handler at one case."""

from dataclasses import dataclass

from simulation.case import Case


@dataclass(slots=True, eq=False)
class Job:
    """One attempt of one handler at one case."""

    case: Case
    handler: str
    occasion: int
    """Attempts at the case begun before; keys its draws."""
    duplicate: bool = False
    on_paper: bool = False
    """To be reported closed without being worked at."""
    presses: bool = False
    """The reporter is pressed for a good rating at the closing."""
    hours: float = 0.0
