"""Bodies that work through a queue with several people: desks and handlers."""

from typing import Any

from mesa import Agent


class Body(Agent):
    """A queue and the teams that work through it.

    Attributes:
        name: the desk's or handler's name in the scenario.
        index: the community or street it serves.
    """

    def __init__(self, model: Any, name: str, index: int, teams: Any) -> None:
        super().__init__(model)
        self.name = name
        self.index = index
        self._teams = teams

    @property
    def waiting(self) -> int:
        """Cases in the queue."""
        return len(self._teams.queue)

    @property
    def busy(self) -> int:
        """Teams at work."""
        return int(self._teams.busy)

    @property
    def hours_worked(self) -> float:
        """Hours of work begun so far."""
        return float(self._teams.hours_worked)


class CommandCentre(Body):
    """A street's command centre."""


class Clerk(Body):
    """A community's clerk, who sorts cases where there is no command centre."""


class Handler(Body):
    """A body that solves cases: mediation committee, property maintenance, service centre."""

    @property
    def effort(self) -> float:
        """How hard it works; 1 is as a matter of course."""
        return float(self._teams.effort)

    @property
    def gaming(self) -> float:
        """How much it looks after its score, 0-1."""
        return float(self._teams.gaming)
