"""Who knew which notice at a moment, from when and from whom, followed back to where it came from."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.working_time import ROLES
from experiments.view.explaining.moment import Moment
from simulation.fate import AUDIENCES
from simulation.notices.spread import BOARD, CHANNELS, GROUP_CHAT, HOUSEHOLD, NEIGHBOUR, NOBODY

MOST_LINKS = 60
"""Tellers in one chain; a longer one is cut at its beginning."""
TELLS_AS = {
    "street": ("street_officer",),
    "branch": ("branch",),
    "leader": ("leader",),
    "centre_household": ("centre_household",),
    "grid_worker": ("full_time", "part_time"),
    "visit": ("paired_member", "leader", "centre_household", "part_time"),
}
"""Roles in which somebody tells by a channel."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How one resident heard of a notice."""

    resident: int
    minute: int
    channel: int
    teller: int
    """A resident, a number beyond them for somebody from outside, or NOBODY."""


class Notice:
    """What residents knew of one notice at a moment.

    Args:
        moment: the moment.
        number: of a notice issued before it.
    """

    def __init__(self, moment: Moment, number: int) -> None:
        self.moment = moment
        self.number = number
        model = moment.model
        announced = model.state.fate.notices
        self.issued = float(announced.hour[number])
        self.audience = int(announced.audience[number])
        self.ends = float(np.ceil((self.issued + moment.film.scenario.notices.follow) / 24.0) * 24.0)
        self._live = next((one for one in model.notices.live if one.number == number), None)
        self._past = next((one for one in model.notices.past if one.number == number), None)

    @property
    def over(self) -> bool:
        """Whether it is news no more."""
        return self.ends <= self.moment.hour

    @property
    def title(self) -> str:
        """What it is called, when it was issued and for whom."""
        whom = self.moment.say(f"audience_{AUDIENCES[self.audience]}")
        return self.moment.say("notice", n=self.number + 1, when=self.moment.when(self.issued), whom=whom)

    def meant_for(self, first: int, last: int) -> NDArray[np.int64]:
        """Those of the residents of whole homes whom it is meant for."""
        return first + np.flatnonzero(self.moment.model.notices.audience(self.audience, first, last))

    def knows(self, residents: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of them knew it."""
        return np.array([self.heard(resident) is not None for resident in residents.tolist()], dtype=np.bool_)

    def heard(self, resident: int) -> Heard | None:
        """How a resident heard of it; None where they had not yet."""
        key = self._key(resident)
        if key is None or key >> 36 >= self.moment.minute:
            return None
        return Heard(resident, key >> 36, (key >> 32) & 0xF, (key & 0xFFFFFFFF) - 1)

    def _key(self, resident: int) -> int | None:
        if self._live is not None:
            here = self._live.first <= resident < self._live.last
            return int(self.moment.model.notices.keys[self._live.slot, resident]) if here else None
        if self._past is None:
            return None
        place = int(np.searchsorted(self._past.residents, resident))
        known = place < len(self._past.residents) and self._past.residents[place] == resident
        return int(self._past.keys[place]) if known else None

    def chain(self, resident: int) -> list[Heard]:
        """Who told whom, from the first of whom anything is known down to a resident; they come last."""
        links: list[Heard] = []
        seen: set[int] = set()
        heard = self.heard(resident)
        while heard is not None and heard.resident not in seen and len(links) < MOST_LINKS:
            links.append(heard)
            seen.add(heard.resident)
            heard = self.heard(heard.teller) if heard.teller != NOBODY else None
        return links[::-1]


def notices_at(moment: Moment, building: int) -> list[Notice]:
    """The notices that are news in a building; where none is the last that was.

    The moment's comes before the others, which follow one another from the latest on.
    """
    model = moment.model
    street = model.state.population.community_street[model.state.population.building_community[building]]
    announced = model.state.fate.notices
    numbers = np.flatnonzero((announced.street == street) & (announced.hour < moment.hour))
    numbers = numbers[np.argsort(announced.hour[numbers], kind="stable")]
    notices = [Notice(moment, number) for number in numbers[::-1].tolist()]
    news = [notice for notice in notices if not notice.over] or notices[:1]
    return sorted(news, key=lambda notice: notice.number != moment.notice)


def teller_as(moment: Moment, heard: Heard) -> int | None:
    """The actor as whom somebody told; None where they told as a neighbour or one of the home."""
    roster = moment.model.state.roster
    roles = TELLS_AS.get(CHANNELS[heard.channel], ())
    rows = np.flatnonzero(roster.person == heard.teller).tolist()
    named = [(roles.index(ROLES[roster.role[row]]), row) for row in rows if ROLES[roster.role[row]] in roles]
    return min(named)[1] if named else None


def source(moment: Moment, heard: Heard) -> str:
    """From whom or what somebody heard, inside a sentence."""
    if heard.channel in (GROUP_CHAT, BOARD, HOUSEHOLD):
        return moment.say(f"from_{CHANNELS[heard.channel]}")
    actor = teller_as(moment, heard)
    people = moment.model.state.population
    if heard.channel == NEIGHBOUR or actor is None:
        return moment.say("from_neighbour", home=moment.home(int(people.household[heard.teller])))
    return moment.say(f"from_{CHANNELS[heard.channel]}", who=moment.within(actor))


def buildings_of(moment: Moment, chain: list[Heard]) -> list[int]:
    """Where those of a chain live, for a map."""
    return [moment.building_of(heard.resident) for heard in chain]
