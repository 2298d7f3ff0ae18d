"""A moment of a film that somebody asks about, and how people, places and times are called.

Nothing that lies at or after the moment may be told, however far the film has been lived.
"""

from math import ceil

import numpy as np

from agents.working_time import ROLES
from experiments.messages import Language, say, title_in
from experiments.view.errors import GoneError
from experiments.view.film import Film
from experiments.view.reel import Day
from scenarios.phrases import phrase
from scenarios.schema import Scenario
from simulation.case import Case
from simulation.model import CommunityModel


class Moment:
    """A moment of a film, in one language. Hold the film's lock while using it.

    Args:
        film: lived as far as the moment at least.
        hour: since the start.
        language: of all texts.
        notice: the notice to tell of first while it is news; the latest where None.
    """

    def __init__(self, film: Film, hour: float, language: Language, notice: int | None = None) -> None:
        self.film = film
        self.hour = hour
        self.language = language
        self.notice = notice

    @property
    def model(self) -> CommunityModel:
        """The run; it may have been lived beyond the moment."""
        return self.film.model

    @property
    def minute(self) -> float:
        """Minutes since the start."""
        return 60.0 * self.hour

    @property
    def day(self) -> int:
        """The day that runs, or that ends at this moment."""
        return max(0, ceil(self.hour / 24.0) - 1)

    @property
    def days_over(self) -> list[Day]:
        """The days that have ended."""
        return self.film.days[: int(self.hour // 24.0)]

    def rules(self, day: int | None = None) -> Scenario:
        """The rules that held on a day, by default at the moment; a scenario may change them midway."""
        at = self.day if day is None else day
        phases = self.model.phases
        return phases[max(first for first in phases if first <= at)]

    def passed(self, hour: float | None) -> float | None:
        """An hour at which something happened, or None where that lies ahead."""
        return hour if hour is not None and hour < self.hour else None

    def say(self, key: str, **values: object) -> str:
        """The text ``explain_KEY``."""
        return say(f"explain_{key}", self.language, **values)

    def count(self, key: str, n: int) -> str:
        """The text for ``n`` of something: English has one of its own for one."""
        return self.say(f"{key}_one" if n == 1 else key, n=n)

    def case(self, case: Case) -> str:
        """What a case is called."""
        return self.say("case", n=case.number, kind=self.kind(case))

    def joined(self, items: list[str]) -> str:
        """Several things in one line."""
        return say("comma", self.language).join(items)

    def when(self, hour: float) -> str:
        """Day and time of day of an hour."""
        minutes = int(60.0 * hour + 1e-6)
        clock = f"{minutes % 1440 // 60:02d}:{minutes % 60:02d}"
        return self.say("when", day=minutes // 1440 + 1, clock=clock)

    def lasting(self, hours: float) -> str:
        """How long something took, in minutes, hours or days as suits."""
        if round(60.0 * hours) < 60:
            return say("minutes_short", self.language, n=round(60.0 * hours))
        if hours < 48.0:
            return say("hours_short", self.language, n=_short(hours))
        return self.say("days", n=_short(hours / 24.0))

    def minutes(self, minutes: float) -> str:
        """Working minutes as people count them."""
        return say("minutes_short", self.language, n=round(minutes))

    def building(self, building: int) -> str:
        """What a building is called."""
        return self.say("building", n=building + 1)

    def home(self, household: int) -> str:
        """What a home is called: residents have no names."""
        people = self.model.state.population
        building = int(people.household_building[household])
        first = int(people.households_from[building])
        return self.say("home", home=household - first + 1, building=building + 1)

    def actor(self, actor: int) -> str:
        """What somebody with a role is called; numbers count within a role."""
        role = self.model.state.roster.role
        number = int(np.count_nonzero(role[:actor] == role[actor])) + 1
        named = say(f"role_{ROLES[role[actor]]}", self.language)
        return say("view_actor", self.language, role=named, n=number)

    def within(self, actor: int) -> str:
        """An actor's name inside a sentence."""
        text = self.actor(actor)
        return text[:1].lower() + text[1:]

    def handler(self, name: str) -> str:
        """What a handler is called."""
        return title_in(self.film.scenario.handlers[name].title, self.language)

    def kind(self, case: Case) -> str:
        """What a case's category is called."""
        return title_in(case.category.title, self.language)

    def building_of(self, resident: int) -> int:
        """Where a resident lives."""
        people = self.model.state.population
        return int(people.household_building[people.household[resident]])


def capital(text: str) -> str:
    """A text with a capital at its beginning, where its script has any."""
    return text[:1].upper() + text[1:]


def _short(value: float) -> str:
    """A number with one decimal, so that parts add up to their sum, and none where that would be 0."""
    return f"{value:.1f}".removesuffix(".0")


def known(number: int, count: int, what: str) -> int:
    """A number that has to be below ``count``.

    Raises:
        GoneError: it is not.
    """
    if not 0 <= number < count:
        raise GoneError(phrase("there is no {what} {number}", what=what, number=number))
    return number
