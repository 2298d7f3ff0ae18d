"""Who is paired with whom: party members of the community with files of vulnerable residents, nearest first.

Nearest is the same building, then the same party group, then the community. Members without another role come
first and take turns; leaders and centre households are asked only where those have no room left, and then
visit out of the minutes that they have. Policy: nothing here is drawn but the files that are missing.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.cases import Title
from scenarios.schema import Scenario
from simulation.chance import draws, key_of
from simulation.community.households import ADULT_FROM
from simulation.community.misfits import misfit
from simulation.community.population import Flags, Ints, Organisation, Population

NOBODY = -1

Longs = NDArray[np.int64]


@dataclass(slots=True)
class Pairs:
    """V vulnerable residents and M party members; both in order of residents."""

    resident: Longs
    """(V,) vulnerable residents, each with a file or without."""
    registered: Flags
    """(V,) has a file."""
    person: Longs
    """(M,) the resident each member is."""
    serving: Flags
    """(M,) leads a party group or acts for a centre household."""
    files: Ints
    """(M, capacity) places in ``resident`` of each member's files, NOBODY where there is room."""
    member: Ints
    """(V,) the member of each file, NOBODY where there is none."""
    warnings: tuple[Title, ...]
    """What in the rules did not fit the place."""


class Pairing:
    """Finds a member for each file, now and whenever a file is opened.

    Attributes:
        pairs: who is paired with whom so far.
    """

    def __init__(self, scenario: Scenario, people: Population, organisation: Organisation, seed: int) -> None:
        on, self.rule = scenario.mechanisms.ledger, scenario.ledger
        resident = np.flatnonzero(people.vulnerable) if on else np.zeros(0, dtype=np.int64)
        missing = draws(key_of(seed, "omitted"), resident, 0) < self.rule.omitted
        person, serving = _members(scenario, people, organisation) if on else _no_members()
        self.pairs = Pairs(
            resident=resident,
            registered=~missing,
            person=person,
            serving=serving,
            files=np.full((len(person), self.rule.capacity), NOBODY, dtype=np.int32),
            member=np.full(len(resident), NOBODY, dtype=np.int32),
            warnings=(),
        )
        self._load = [0] * len(person)
        self._home_of_member = people.household[person].tolist()
        self._home_of_file = people.household[resident].tolist()
        building = people.household_building[people.household]
        scopes = (building, organisation.building_group[building], people.building_community[building])
        self._turns: list[tuple[list[int], dict[int, deque[int]]]] = []
        for role in (False, True):
            members = np.flatnonzero(serving == role)
            for scope in scopes:
                turns: dict[int, deque[int]] = {}
                for member, place in zip(members.tolist(), scope[person[members]].tolist(), strict=True):
                    turns.setdefault(place, deque()).append(member)
                self._turns.append((scope[resident].tolist(), turns))
        self._pair_all()

    def pair(self, file: int) -> None:
        """Give one more file to the nearest member who has room."""
        for places, turns in self._turns:
            if self._give(file, turns.get(places[file])):
                return

    def _pair_all(self) -> None:
        left = np.flatnonzero(self.pairs.registered).tolist()
        files = len(left)
        for places, turns in self._turns:
            left = [file for file in left if not self._give(file, turns.get(places[file]))]
        if left:
            count, most = len(self._load), self.rule.capacity
            warning = misfit("few_members", some=len(left), all=files, members=count, most=most)
            self.pairs.warnings = (warning,)

    def _give(self, file: int, turn: deque[int] | None) -> bool:
        """The next in turn who has room and does not live in the same home."""
        if turn is None:
            return False
        for _ in range(len(turn)):
            member = turn[0]
            load = self._load[member]
            if load == self.rule.capacity:
                turn.popleft()
                continue
            turn.rotate(-1)
            if self._home_of_member[member] != self._home_of_file[file]:
                self.pairs.files[member, load] = file
                self.pairs.member[file] = member
                self._load[member] = load + 1
                return True
        return False


def _members(scenario: Scenario, people: Population, organisation: Organisation) -> tuple[Longs, Flags]:
    """Party members who can be paired: adults, not vulnerable themselves, not on patrol."""
    fit = people.party & (people.age >= ADULT_FROM) & ~people.vulnerable
    if scenario.mechanisms.patrol:
        workers = organisation.worker_resident
        fit[workers[workers >= 0]] = False
    serving = np.zeros(people.residents, dtype=np.bool_)
    if scenario.mechanisms.tiers:
        leaders = organisation.group_leader
        serving[leaders[leaders >= 0]] = True
        serving[organisation.centre_resident] = True
    person = np.flatnonzero(fit)
    return person, serving[person]


def _no_members() -> tuple[Longs, Flags]:
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
