"""Honours: those who gave are praised on the notice board, a few get a title, and the others see that.

On the first working day of a month the party branch looks at who gave in the month before. As many names as
fit go on the board, those who gave most often first; each takes the branch's minutes. Once a year a few
enterprises and residents get a title. Recognition lifts willingness, the less the more there has been; one
who gave and was passed over may mind. Giving tires whether or not there are honours, and everything wears
off.
"""

from math import inf
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.working_time import HONOUR
from scenarios.incentives import Incentives
from simulation.chance import draw, draws, key_of
from simulation.community.providers import ENTERPRISE, KINDS, RESIDENT
from simulation.state import State

COMES_IN = 9.0
"""Hour of the first working day of a month at which the branch begins."""
Longs = NDArray[np.int64]
TITLES = ((ENTERPRISE, "enterprise_titles"), (RESIDENT, "resident_titles"))


class Honours:
    """Praise and titles of all communities, and what becomes of willingness.

    Attributes:
        rows: of the table ``honours``, one for each honour given.
        months: of the table ``willingness``, one for each month, community and kind of provider.
    """

    def __init__(self, state: State) -> None:
        self.state = state
        self.rows: list[dict[str, Any]] = []
        self.months: list[dict[str, Any]] = []
        self._ties, self._minds = (key_of(state.seed, "honours." + name) for name in ("ties", "minds"))
        self._month = 0
        self._last_day = 0
        self._gave = state.providers.gave.copy()
        self._gave_at_titles = state.providers.gave.copy()

    @property
    def rule(self) -> Incentives:
        """The rules as they are now."""
        return self.state.scenario.incentives

    @property
    def on(self) -> bool:
        """Whether the mechanism is on now."""
        return self.state.scenario.mechanisms.incentives

    def begin_day(self, day: int) -> None:
        """On the first working day of a month, close the last one."""
        month = int(self.state.calendar.month[day])
        if month > 0 and self.state.calendar.is_first_working_day(day):
            self._close_month(day)
            self._month = month

    def _close_month(self, day: int) -> None:
        providers, rule = self.state.providers, self.rule
        gave = providers.gave - self._gave
        self._gave = providers.gave.copy()
        self._wear_off(day, gave)
        self.months += self._month_of(gave)
        if not self.on:
            return
        hour = 24.0 * day + COMES_IN
        for community in range(self.state.population.communities):
            some = np.arange(*providers.are.providers_from[community : community + 2].tolist())
            self._honour(hour, community, some[gave[some] > 0], gave, "praise", rule.names)
        if self.state.calendar.dates[day].month == rule.titles_in:
            self._give_titles(hour)

    def _wear_off(self, day: int, gave: Longs) -> None:
        heart = self.state.providers.heart
        heart *= np.exp(-24.0 * (day - self._last_day) / self.rule.fades)
        heart -= self.rule.tires * gave
        self._last_day = day

    def _give_titles(self, hour: float) -> None:
        providers = self.state.providers
        gave = providers.gave - self._gave_at_titles
        self._gave_at_titles = providers.gave.copy()
        providers.titled[:] = False
        for community in range(self.state.population.communities):
            for kind, number in TITLES:
                some = providers.of(community, kind)
                places = getattr(self.rule, number)
                self._honour(hour, community, some[gave[some] > 0], gave, "title", places)

    def _honour(
        self, hour: float, community: int, givers: Longs, gave: Longs, honour: str, places: int
    ) -> None:
        """Honour those of ``givers`` who gave most often, as far as places and the branch's minutes go."""
        order = np.lexsort((draws(self._ties, givers, int(hour)), -gave[givers]))
        is_title = honour == "title"
        minutes = 60.0 * (self.rule.title if is_title else self.rule.praise)
        branch = self.state.roster.branches + community
        for provider in givers[order[:places]].tolist():
            done = self.state.working.book(branch, minutes, HONOUR, hour)
            if done < inf:
                self.state.agenda.at(done, self._honoured, community, provider, honour)
        for provider in givers[order[places:]].tolist():
            if draw(self._minds, provider, 2 * int(hour) + is_title) < self.rule.minds:
                self.state.providers.heart[provider] -= self.rule.passed_over

    def _honoured(self, hour: float, community: int, provider: int, honour: str) -> None:
        providers, rule = self.state.providers, self.rule
        lift = rule.titled if honour == "title" else rule.praised
        room = max(0.0, rule.most - float(providers.heart[provider]))
        providers.heart[provider] += lift * room
        if honour == "title":
            providers.titled[provider] = rule.priority
        kind = KINDS[int(providers.are.kind[provider])]
        self.rows.append(
            {"hour": hour, "community": community, "provider": provider, "kind": kind, "honour": honour}
        )

    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables ``honours`` and ``willingness``; a month that is not over stands there as it is."""
        months = self.months + self._month_of(self.state.providers.gave - self._gave)
        honours = {"hour": "float64", "community": "int64", "provider": "int64"}
        honours |= {"kind": "string", "honour": "string"}
        willing = dict.fromkeys(("month", "community"), "int64") | {"kind": "string"}
        willing |= dict.fromkeys(("providers", "active", "gave"), "int64") | {"willing": "float64"}
        return {
            "honours": pd.DataFrame(self.rows, columns=list(honours)).astype(honours),
            "willingness": pd.DataFrame(months, columns=list(willing)).astype(willing),
        }

    def _month_of(self, gave: Longs) -> list[dict[str, Any]]:
        providers, rows = self.state.providers, []
        willing = providers.all_willing()
        for community in range(self.state.population.communities):
            for kind, name in enumerate(KINDS):
                some = providers.of(community, kind)
                if len(some):
                    rows.append(
                        {
                            "month": self._month,
                            "community": community,
                            "kind": name,
                            "providers": len(some),
                            "active": int((gave[some] > 0).sum()),
                            "gave": int(gave[some].sum()),
                            "willing": float(willing[some].mean()),
                        }
                    )
        return rows
