"""Gaming: what is done for the score and not for the resident, where the appraisal presses hard enough.

A handler closes on paper what it fears not to manage in time, leaves in the queue what can no longer raise
its score, and presses reporters for good ratings; a grid worker presses on the call that reports back. How
much of it is done follows from the gaming of the body or person, which the appraisal sets. Closing on paper
and pressing take time of those who do it.
"""

import numpy as np

from agents.handlers import Teams
from scenarios.appraisal import Appraisal
from simulation.case import Case
from simulation.chance import draw, key_of
from simulation.job import Job
from simulation.satisfaction.evening import PRESSED
from simulation.state import State

AT_CLOSING, ON_THE_CALL = range(2)
"""Occasions on which a reporter can be pressed: by the handler, and by the grid worker who calls."""


class Gaming:
    """Draws who games and does what gaming does to residents."""

    def __init__(self, state: State) -> None:
        self.state = state
        names = ("closes_early", "passes_over", "presses")
        self._closes_early, self._passes_over, self._presses = (
            key_of(state.seed, "gaming." + name) for name in names
        )

    @property
    def rule(self) -> Appraisal:
        """The rules as they are now."""
        return self.state.scenario.appraisal

    @property
    def on(self) -> bool:
        """Whether the mechanism is on now."""
        return self.state.scenario.mechanisms.appraisal

    def closes_early(self, gaming: float, case: Case) -> bool:
        """Whether a body of this gaming closes the case on paper."""
        return gaming > 0.0 and draw(self._closes_early, case.entity, 0) < gaming * self.rule.closes_early

    def passes_over(self, hour: float, teams: Teams[Job]) -> int:
        """The place in the queue of the first job that is not left behind; 0 where all are."""
        share = teams.gaming * self.rule.passes_over
        for place, job in enumerate(teams.queue):
            if job.on_paper or self._counts(hour, job.case):
                return place
            if draw(self._passes_over, job.case.entity, job.occasion) >= share:
                return place
        return 0

    @staticmethod
    def _counts(hour: float, case: Case) -> bool:
        """Whether solving the case can still raise the score."""
        return case.closed is None and case.deadline is not None and hour <= case.deadline

    def presses(self, gaming: float, case: Case, occasion: int) -> bool:
        """Whether somebody of this gaming presses the reporter, if nobody has."""
        if gaming <= 0.0 or case.pressed:
            return False
        return draw(self._presses, case.entity, occasion) < gaming * self.rule.presses

    def press(self, case: Case) -> None:
        """The reporter is pressed for a good rating, and resents it."""
        if not case.pressed:
            case.pressed = True
            satisfaction = self.state.satisfaction
            satisfaction.move(np.array([case.reporter]), PRESSED, -satisfaction.rule.pressed)
