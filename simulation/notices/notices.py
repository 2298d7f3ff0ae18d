"""Notices: issued by a street, followed while they are news, and what came of them.

The ways a notice travels are files of their own: the tiers (:mod:`simulation.notices.tiers`), doors
(:mod:`simulation.notices.doors`), patrol (:mod:`simulation.rounds.patrol`), board, chat and word of mouth
(:mod:`simulation.notices.spread`).
"""

import numpy as np
from numpy.typing import NDArray

from agents.working_time import BOARD, CHAT
from scenarios.errors import TooLargeError
from scenarios.notices import Notices as Rule
from simulation.chance import draws, key_of
from simulation.fate import AUDIENCES
from simulation.notices.live import Live
from simulation.notices.reached import Reached, look_up
from simulation.notices.spread import UNKNOWN, post_board, post_chat
from simulation.notices.tiers import Tiers
from simulation.satisfaction.evening import INFORMED, MISSED
from simulation.state import State

MOST_SLOTS = 62
"""Notices that can be news at once: each is a bit of a signed 64-bit mask."""


class Notices:
    """All notices of a run.

    Attributes:
        keys: (slots, N) who knows what from when and whom, see :mod:`simulation.notices.spread`.
        todo: (H,) mask of the notices still to be told at each door.
        tries: (slots, H) failed knocks with each notice at each door since it last opened.
        tiers: the way down.
        live: notices that are news.
        ended: those that stopped being news at the end of the day lived last; who knows them stays in
            ``keys`` until the next day.
    """

    def __init__(self, state: State, trace: bool) -> None:
        population = state.population
        self.state = state
        self.trace = trace
        self.listens = population.age >= self.rule.min_age
        self._ends = self._news_until()
        slots = self._slots_needed()
        self.keys = np.full((slots, population.residents), UNKNOWN, dtype=np.int64)
        self.todo = np.zeros(population.households, dtype=np.int64)
        self.tries = np.zeros((slots, population.households), dtype=np.uint8)
        self.tiers = Tiers(state, self.keys, self._publish)
        self.live: list[Live] = []
        self.ended: list[Live] = []
        self.past: list[Reached] = []
        self._next = 0
        self._order = np.argsort(state.fate.notices.hour, kind="stable")
        self._head = np.full(25, -1, dtype=np.int32)
        self._following = np.full(population.residents, -1, dtype=np.int32)
        self._previous = np.full(population.residents, -1, dtype=np.int32)
        self._member = key_of(state.seed, "chat")

    @property
    def rule(self) -> Rule:
        """The rules as they are now."""
        return self.state.scenario.notices

    def begin_day(self, day: int) -> None:
        """Put the day's notices on the agenda."""
        self.ended.clear()
        fate = self.state.fate.notices
        while self._next < len(self._order) and fate.hour[self._order[self._next]] < 24.0 * (day + 1):
            number = int(self._order[self._next])
            self.state.agenda.at(float(fate.hour[number]), self._issue, number)
            self._next += 1

    def end_day(self, day: int) -> list[tuple[float, int, int]]:
        """Word of mouth of the day, what it does to satisfaction, and the end of old news.

        Returns:
            Questions that notices raise: (hour at which one arises, resident, notice).
        """
        now = 24.0 * (day + 1)
        questions: list[tuple[float, int, int]] = []
        for notice in self.live:
            self._talk(notice, day)
            questions += self._questions(notice, now)
            in_time = notice.hour + self.state.scenario.satisfaction.in_time
            if not notice.counted and now >= min(in_time, notice.ends):
                self._please(notice)
        for notice in [notice for notice in self.live if notice.ends <= now]:
            self._retire(notice)
        return questions

    def informed_share(self, day: int) -> float | None:
        """Share of (live notice, resident it is meant for) pairs who know by the end of ``day``."""
        known = wanted = 0
        for notice in self.live:
            minutes = self._minutes(notice)
            known += int(np.count_nonzero(minutes < 1440 * (day + 1)))
            wanted += len(minutes)
        return known / wanted if wanted else None

    def reached(self) -> list[Reached]:
        """What came of every notice issued so far, as known now, in order of issue."""
        people, now = self.state.population, self.state.agenda.now
        current = [look_up(people, news, self.keys[news.slot], now, self.trace) for news in self.live]
        return sorted(self.past + current, key=lambda reached: reached.number)

    def _news_until(self) -> NDArray[np.float64]:
        return np.ceil((self.state.fate.notices.hour + self.rule.follow) / 24.0) * 24.0

    def _slots_needed(self) -> int:
        fate = self.state.fate.notices
        most = 1
        for street in np.unique(fate.street):
            mine = np.flatnonzero(fate.street == street)
            begun = np.arange(1, len(mine) + 1)
            over = np.searchsorted(self._ends[mine], fate.hour[mine], side="right")
            most = max(most, int((begun - over).max()))
        if most > MOST_SLOTS:
            raise TooLargeError(
                f"{most} notices would be news at once, and the model follows at most {MOST_SLOTS}: "
                "lower notices.per_year or notices.follow, or name fewer hours in notices.at"
            )
        return most

    def _issue(self, hour: float, number: int) -> None:
        state, population = self.state, self.state.population
        street = int(state.fate.notices.street[number])
        communities = np.flatnonzero(population.community_street == street)
        buildings = population.buildings_from[[communities[0], communities[-1] + 1]]
        first_home, last_home = population.households_from[buildings].tolist()
        first, last = population.residents_from[[first_home, last_home]].tolist()
        kind = int(state.fate.notices.audience[number])
        audience = self.audience(kind, first, last)
        used = {notice.slot for notice in self.live if notice.street == street}
        slot = next(slot for slot in range(len(self.keys)) if slot not in used)
        notice = Live(
            number=number,
            slot=slot,
            hour=hour,
            ends=float(self._ends[number]),
            street=street,
            kind=kind,
            key=key_of(state.seed, "notice", number),
            first=first,
            last=last,
            audience=audience,
            listens=self.listens,
        )
        self.live.append(notice)
        self.keys[slot, first:last] = UNKNOWN
        self._ask_for_doors(notice, first_home, last_home)
        self._find_curious(notice)
        for community in communities.tolist():
            self.tiers.send(hour, notice, community)

    def audience(self, kind: int, first: int, last: int) -> NDArray[np.bool_]:
        """Who of the residents from ``first`` up to ``last``, whole homes, a notice is meant for.

        Args:
            kind: index into :data:`simulation.fate.AUDIENCES`.
            first: first resident of a home.
            last: one past the last resident of a home.
        """
        population = self.state.population
        counts = self.listens[first:last]
        if AUDIENCES[kind] == "elderly":
            return counts & (population.age[first:last] >= 60)
        if AUDIENCES[kind] == "families":
            child = np.zeros(population.households, dtype=np.bool_)
            child[population.household[first:last][population.age[first:last] < 15]] = True
            return counts & child[population.household[first:last]]
        return counts.copy()

    def _ask_for_doors(self, notice: Live, first_home: int, last_home: int) -> None:
        homes = np.zeros(last_home - first_home, dtype=np.bool_)
        mine = self.state.population.household[notice.first : notice.last]
        homes[mine[notice.audience] - first_home] = True
        self.todo[first_home:last_home][homes] |= notice.bit
        self.tries[notice.slot, first_home:last_home] = 0

    def _find_curious(self, notice: Live) -> None:
        people = np.arange(notice.first, notice.last)
        key = key_of(self.state.seed, "question", notice.number)
        asks = notice.audience & (draws(key, people, 0) < self.rule.questions)
        notice.curious = people[asks].tolist()

    def _questions(self, notice: Live, now: float) -> list[tuple[float, int, int]]:
        row = self.keys[notice.slot]
        heard = [resident for resident in notice.curious if int(row[resident]) >> 36 < now * 60.0]
        if heard:
            notice.curious = [resident for resident in notice.curious if resident not in heard]
        return [
            ((int(row[resident]) >> 36) / 60.0 + self.rule.question_after, resident, notice.number)
            for resident in heard
        ]

    def _publish(self, hour: float, notice: Live, community: int) -> None:
        """A branch that knows a notice posts it and hangs it out, as minutes go."""
        state, board, chat = self.state, self.rule.board, self.rule.group_chat
        branch = state.roster.branches + community
        if chat.on:
            done = state.working.book(branch, 60.0 * chat.minutes, CHAT, hour)
            state.agenda.at(max(done, hour + chat.delay), self._posted, notice, community)
        if board.on:
            first, last = state.population.buildings_from[community : community + 2].tolist()
            done = state.working.book(branch, 60.0 * board.minutes * (last - first), BOARD, hour)
            state.agenda.at(max(done, hour + board.delay), self._hung, notice, community)

    def _hung(self, hour: float, notice: Live, community: int) -> None:
        first, last = self.state.population.in_community(community)
        talk, board = self.rule.talk, self.rule.board
        post_board(
            self.keys[notice.slot],
            first,
            last,
            np.uint64(notice.key),
            self.listens,
            int(hour * 60.0),
            board.reads,
            talk.from_hour,
            talk.until_hour,
            int(notice.ends * 60.0),
        )

    def chat_members(self, first: int, last: int, share: float) -> NDArray[np.bool_]:
        """Which of the residents from ``first`` to before ``last`` are in a group chat of that share."""
        online = self.state.population.digital[first:last] & self.listens[first:last]
        joined = draws(self._member, np.arange(first, last), 0) < share
        return np.asarray(online & joined)

    def _posted(self, hour: float, notice: Live, community: int) -> None:
        first, last = self.state.population.in_community(community)
        chat, talk = self.rule.group_chat, self.rule.talk
        post_chat(
            self.keys[notice.slot],
            first,
            last,
            notice.key,
            self.chat_members(first, last, chat.member),
            chat.reads,
            chat.read_after,
            int(hour * 60.0),
            talk.from_hour,
            talk.until_hour,
            int(notice.ends * 60.0),
        )

    def _talk(self, notice: Live, day: int) -> None:
        people, talk = self.state.population, self.rule.talk
        self.state.kernels.spread_day(
            self.keys[notice.slot],
            notice.first,
            notice.last,
            day,
            int(notice.ends * 60.0),
            np.uint64(notice.key),
            self.listens,
            people.residents_from,
            people.household,
            people.tie_from,
            people.tie_to,
            talk.household,
            talk.neighbour,
            talk.passes_on,
            talk.from_hour,
            talk.until_hour,
            self._head,
            self._following,
            self._previous,
        )

    def _minutes(self, notice: Live) -> NDArray[np.int64]:
        return self.keys[notice.slot, notice.first : notice.last][notice.audience] >> 36

    def _please(self, notice: Live) -> None:
        notice.counted = True
        rule = self.state.scenario.satisfaction
        limit = (notice.hour + rule.in_time) * 60.0
        told = notice.first + np.flatnonzero(notice.audience)[self._minutes(notice) <= limit]
        before = self._heard_before(notice, told)
        for heard in np.unique(before).tolist():
            points = rule.informed * rule.informed_half / (rule.informed_half + heard)
            self.state.satisfaction.move(told[before == heard], INFORMED, points)

    def _heard_before(self, notice: Live, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many other notices that are news each of ``people`` heard before this one."""
        mine = self.keys[notice.slot, people] >> 36
        count = np.zeros(len(people), dtype=np.int64)
        for other in self.live:
            if other.street == notice.street and other is not notice:
                minute = self.keys[other.slot, people] >> 36
                count += (minute < mine) | ((minute == mine) & (other.number < notice.number))
        return count

    def _retire(self, notice: Live) -> None:
        keys = self.keys[notice.slot]
        self.past.append(look_up(self.state.population, notice, keys, notice.ends, self.trace))
        unaware = notice.first + np.flatnonzero(notice.audience)[self._minutes(notice) >= notice.ends * 60.0]
        self.state.satisfaction.move(unaware, MISSED, -self.state.scenario.satisfaction.missed)
        homes = self.state.population.household[[notice.first, notice.last - 1]]
        self.todo[homes[0] : homes[1] + 1] &= ~notice.bit
        street = self.state.population.community_street == notice.street
        self.tiers.forget(notice.bit, street)
        self.live.remove(notice)
        self.ended.append(notice)
