"""How troubles are found and passed on until they stand on the list.

A patrol sees them or is told of them, a visitor at the door is told, a resident turns to the centre household
and the tiers pass it up, or reports by app or telephone; or nobody ever hears, because trust is low.
Listening, passing up and uploading cost minutes of those who do it.
"""

from collections.abc import Callable
from math import inf

from agents.working_time import FIX, LISTEN, PASS_UP, UPLOAD
from scenarios.cases import Calendar as OpeningHours
from scenarios.cases import Reporting
from simulation.case import Case
from simulation.chance import draw, key_of
from simulation.community.roster import WAKING_HOURS
from simulation.state import State

Then = Callable[[float, Case], None]


class Finding:
    """Finds cases and brings them to the list.

    Args:
        state: the run.
        listed: called as ``listed(hour, case)`` when a case is uploaded.
        sent: called as ``sent(hour, case)`` when it is left to the desk.
        fixed: called as ``fixed(hour, case)`` when the worker who found it has solved it on the spot.
    """

    def __init__(self, state: State, listed: Then, sent: Then, fixed: Then) -> None:
        self.state = state
        self.listed = listed
        self.sent = sent
        self.fixed = fixed
        self.waking = state.calendar.hours(
            OpeningHours(days="all", opens=WAKING_HOURS[0], closes=WAKING_HOURS[1])
        )
        self.adopt()
        self._hidden_in_home: dict[int, list[Case]] = {}
        self._hidden_in_building: dict[int, list[Case]] = {}
        names = ("look", "told", "spot", "tier")
        self._look, self._told, self._spot, self._tier = (key_of(state.seed, name) for name in names)

    @property
    def rule(self) -> Reporting:
        """The rules as they are now."""
        return self.state.scenario.cases.reporting

    def adopt(self) -> None:
        """Take up the rules as they are now."""
        scenario, rule = self.state.scenario, self.rule
        self.phone = self.state.calendar.hours(OpeningHours(opens=rule.phone_from, closes=rule.phone_until))
        self._app = rule.app and scenario.mechanisms.command_centre
        self._by_app = rule.by_app * scenario.digital.by_app
        entry = scenario.platform.enter * scenario.digital.keeping if scenario.mechanisms.platform else 0.0
        self._upload_takes = rule.upload + entry

    def wait_for(self, hour: float, case: Case) -> None:
        """A trouble has arisen, and nobody knows of it yet."""
        if self.rule.everything_reported:
            case.found, case.found_by = hour, "app"
            self._upload(hour, case)
            return
        self._hidden_in_home.setdefault(case.household, []).append(case)
        self.state.troubled[case.household] += 1
        if _can_be_seen(case):
            self._hidden_in_building.setdefault(case.building, []).append(case)
            self.state.looks_at[case.building] += 1
        if case.willing < case.category.willing * self.state.satisfaction.trust(case.reporter):
            delay = case.category.report_after.hours(case.delay)
            self.state.agenda.at(hour + delay, self._report, case)
        if case.category.fades is not None:
            self.state.agenda.at(hour + case.category.fades, self._fade, case)

    def looked(self, hour: float, building: int, worker: int, occasion: int) -> None:
        """Actor ``worker`` looks a building over on patrol."""
        for case in list(self._hidden_in_building.get(building, ())):
            if draw(self._look, case.entity, occasion) < case.category.visible:
                self._found_by_worker(hour, case, "patrol", worker)

    def talked(self, hour: float, resident: int, worker: int, occasion: int) -> None:
        """Actor ``worker`` talks to a resident on patrol."""
        for case in self._mentioned(resident, occasion):
            self._found_by_worker(hour, case, "patrol_talk", worker)

    def visited(self, hour: float, resident: int, visitor: int, occasion: int) -> None:
        """Actor ``visitor`` knocks, and a resident opens the door."""
        for case in self._mentioned(resident, occasion):
            if visitor >= self.state.roster.workers:
                self._found_by_worker(hour, case, "visit", visitor)
            else:
                self._tell_centre(hour, case, "visit", visitor)

    def paired_visit(self, hour: float, resident: int, member: int, occasion: int) -> None:
        """Actor ``member`` sits with the vulnerable resident paired with them."""
        for case in self._mentioned(resident, occasion):
            self._tell_centre(hour, case, "ledger_visit", member)

    def _mentioned(self, resident: int, occasion: int) -> list[Case]:
        """The troubles of the home that the resident tells a visitor of."""
        home = int(self.state.population.household[resident])
        hidden = self._hidden_in_home.get(home)
        if not hidden:
            return []
        openness = self.rule.to_face * self.state.satisfaction.trust(resident)
        return [
            case
            for case in hidden
            if draw(self._told, case.entity, occasion) < case.category.willing * openness
        ]

    def _fade(self, hour: float, case: Case) -> None:
        if case.found is None:
            self._uncover(case)
            case.faded = hour
            self.state.satisfaction.relieve(case)

    def _uncover(self, case: Case) -> None:
        self._hidden_in_home[case.household].remove(case)
        self.state.troubled[case.household] -= 1
        if _can_be_seen(case):
            self._hidden_in_building[case.building].remove(case)
            self.state.looks_at[case.building] -= 1

    def _find(self, hour: float, case: Case, by: str, finder: int | None) -> None:
        self._uncover(case)
        case.found, case.found_by, case.finder = hour, by, finder

    def _report(self, hour: float, case: Case) -> None:
        """A willing resident reports unasked."""
        if case.found is not None or case.faded is not None:
            return
        first, last = self.state.organisation.centres_from[case.building : case.building + 2].tolist()
        centre = self.rule.to_centre if self.state.scenario.mechanisms.tiers and last > first else 0.0
        if case.route < centre:
            to = self.state.roster.centres + first + case.household % (last - first)
            self.state.agenda.at(self.waking.next_open(hour), self._turn_to_centre, case, to)
        elif self._app_is_chosen(case, (case.route - centre) / (1.0 - centre)):
            self._find(hour, case, "app", None)
            self.state.agenda.at(hour + self.rule.upload, self._upload, case)
        else:
            self.state.agenda.at(self.phone.next_open(hour), self._telephone, case)

    def _app_is_chosen(self, case: Case, route: float) -> bool:
        digital = bool(self.state.population.digital[case.reporter])
        return self._app and digital and route < self._by_app

    def _telephone(self, hour: float, case: Case) -> None:
        if case.found is None and case.faded is None:
            self._find(hour, case, "telephone", None)
            self.state.agenda.at(hour + self.rule.upload, self._upload, case)

    def _turn_to_centre(self, hour: float, case: Case, centre: int) -> None:
        if case.found is None and case.faded is None:
            self._tell_centre(hour, case, "centre_household", centre)

    def _tell_centre(self, hour: float, case: Case, by: str, centre: int) -> None:
        """A centre household or paired member listens; leader and branch are told; the branch uploads."""
        self._find(hour, case, by, centre)
        heard = self.state.working.book(centre, 60.0 * self.rule.listen, LISTEN, hour)
        group = int(self.state.organisation.building_group[case.building])
        branch = self.state.roster.branches + case.community
        chain = [centre, branch]
        leader = self.state.roster.leaders + group
        if self._has_leader(group) and not self.state.roster.same_person(leader, centre):
            chain.insert(1, leader)
        self._pass_up(heard, case, chain)

    def _has_leader(self, group: int) -> bool:
        return self.state.scenario.mechanisms.tiers and int(self.state.organisation.group_leader[group]) >= 0

    def _pass_up(self, hour: float, case: Case, chain: list[int]) -> None:
        if len(chain) == 1:
            done = self._book(chain[0], self._upload_takes, UPLOAD, hour)
            self.state.agenda.at(done, self._upload, case)
        else:
            delay = self.rule.tier_delay.hours(draw(self._tier, case.entity, len(chain)))
            self.state.agenda.at(hour + delay, self._tell_next, case, chain)

    def _tell_next(self, hour: float, case: Case, chain: list[int]) -> None:
        done = max(self._book(actor, self.rule.pass_up, PASS_UP, hour) for actor in chain[:2])
        if done < inf:
            self.state.agenda.at(done, self._pass_up, case, chain[1:])

    def _found_by_worker(self, hour: float, case: Case, by: str, worker: int) -> None:
        """A grid worker hears of it or sees it, and uploads it, or fixes it on the spot."""
        self._find(hour, case, by, worker)
        if by == "patrol":
            self._write_down(hour, case, worker)
        else:
            heard = self._book(worker, self.rule.listen, LISTEN, hour)
            self.state.agenda.at(heard, self._write_down, case, worker)

    def _write_down(self, hour: float, case: Case, worker: int) -> None:
        done = self._book(worker, self._upload_takes, UPLOAD, hour)
        on_the_spot = draw(self._spot, case.entity, 0) < case.category.on_the_spot
        if on_the_spot:
            self.state.agenda.at(done, self._put_right, case, worker)
        else:
            self.state.agenda.at(done, self._upload, case)

    def _book(self, actor: int, hours: float, activity: int, now: float) -> float:
        return self.state.working.book(actor, 60.0 * hours, activity, now)

    def _upload(self, hour: float, case: Case) -> None:
        case.uploaded = hour
        self.listed(hour, case)
        self.sent(hour, case)

    def _put_right(self, hour: float, case: Case, worker: int) -> None:
        """The worker who wrote it down sets to work; who cannot find the time leaves it to the desk."""
        case.uploaded = hour
        self.listed(hour, case)
        done = self._book(worker, self.rule.fix, FIX, hour)
        if done < inf:
            self.state.agenda.at(done, self._fix, case)
        else:
            self.sent(hour, case)

    def _fix(self, hour: float, case: Case) -> None:
        case.started = max(hour - self.rule.fix, case.uploaded or 0.0)
        self.fixed(hour, case)


def _can_be_seen(case: Case) -> bool:
    """Whether a look at the building can show it: what is behind a home's door cannot be seen."""
    return case.common and case.category.visible > 0.0


def occasion(minute: int, actor: int) -> int:
    """The occasion of a look, talk or visit, for keyed draws: no two of one trouble are alike."""
    return (minute << 24) | actor
