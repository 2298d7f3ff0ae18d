"""Projects: what the council decided, part by part.

No works before all parts are there: funds, materials and technical support for a renewal, volunteers for a
clean-up. Each part is asked of one provider at a time, who may refuse; another is asked at a later meeting,
if the council notices that the part is missing. Completed, a renewal raises the building's condition and a
clean-up tidies the surroundings for a while.
"""

from dataclasses import dataclass, field
from math import inf

import numpy as np
import pandas as pd

from agents.working_time import COUNCIL
from scenarios.cases import Calendar as OpeningHours
from scenarios.council import Council
from scenarios.distributions import Time
from simulation.chance import draw, draws, key_of
from simulation.community.providers import ENTERPRISE, NGO, OFFICE
from simulation.council.topics import RENEWAL, SOURCES, TOPICS, Topics
from simulation.satisfaction.evening import CLEANED, RENEWED
from simulation.state import State

ASKED_OF = {"funds": OFFICE, "materials": ENTERPRISE, "technical": ENTERPRISE, "volunteers": NGO}
"""Parts of projects and the kind of provider that gives them."""
PARTS = (("funds", "materials", "technical"), ("volunteers",))
"""Parts by topic."""
WORKS = OpeningHours(days="working", opens=8.0, closes=18.0)
"""When works begin."""
TIMES = ("raised", "decided", "assigned", "funds", "materials", "technical", "volunteers", "started",
         "completed", "reported")  # fmt: skip


STATES = ("waiting", "preparing", "working", "completed")
"""Where a topic can stand, in order."""


@dataclass(slots=True)
class Piece:
    """One part of a project."""

    name: str
    done: float | None = None
    under_way: bool = False
    tries: int = 0
    """Times that somebody was asked for it."""
    asked: set[int] = field(default_factory=set)
    """Providers asked; emptied when all were."""


@dataclass(slots=True, eq=False)
class Project:
    """A topic, and the project it becomes once it is decided on."""

    number: int
    entity: int
    """What its keyed draws are keyed by: building, topic, and how often it came up there."""
    community: int
    building: int
    topic: int
    source: int
    raised: float
    parts: tuple[Piece, ...]
    decided: float | None = None
    on_duty: bool = False
    """The branch has been asked to assign its duties."""
    assigned: float | None = None
    started: float | None = None
    completed: float | None = None
    reported: float | None = None
    deferred: int = 0
    """Meetings, held or due, after which it was still waiting."""
    refused: int = 0
    """Providers who refused, and applications that were."""

    @property
    def state(self) -> str:
        """Where it stands, one of STATES."""
        steps = (self.decided, self.started, self.completed)
        return STATES[sum(hour is not None for hour in steps)]

    def hour(self, name: str) -> float | None:
        """The hour at which it was raised, decided on ..., or at which the part called ``name`` was there."""
        if name in ASKED_OF:
            return next((part.done for part in self.parts if part.name == name), None)
        found: float | None = getattr(self, name)
        return found


class Projects:
    """All topics and projects of a run.

    Attributes:
        all: in order of coming up.
        present: whether each provider was at the last meeting of its community.
    """

    def __init__(self, state: State, topics: Topics) -> None:
        self.state = state
        self.topics = topics
        self.all: list[Project] = []
        self.present = np.zeros(len(state.providers.are.kind), dtype=np.bool_)
        self._open: list[dict[tuple[int, int], Project]] = [{} for _ in range(state.population.communities)]
        self._times = np.zeros((state.population.buildings, len(TOPICS)), dtype=np.int64)
        self._hours = state.calendar.hours(WORKS)
        self._agrees, self._lasts = (
            {name: key_of(state.seed, f"project.{what}.{name}") for name in ASKED_OF}
            for what in ("agrees", "lasts")
        )
        names = ("order", "granted", "comes_forward", "works", "noticed")
        self._order, self._granted, self._comes_forward, self._works, self._noticed = (
            key_of(state.seed, "project." + name) for name in names
        )

    @property
    def rule(self) -> Council:
        """The rules as they are now."""
        return self.state.scenario.council

    @property
    def hub(self) -> bool:
        """Whether duties are assigned now."""
        return self.state.scenario.mechanisms.hub

    def raise_topics(self, hour: float) -> None:
        """What calls for the council becomes a topic, the worst building first, unless it is one already."""
        found = self.topics.called_for(hour)
        for building, topic in sorted(found, key=lambda each: (self.state.condition[each[0]], each)):
            community = int(self.state.population.building_community[building])
            if (building, topic) in self._open[community]:
                continue
            self._times[building, topic] += 1
            project = Project(
                number=len(self.all),
                entity=(int(self._times[building, topic]) << 40) | (building << 1) | topic,
                community=community,
                building=building,
                topic=topic,
                source=found[building, topic],
                raised=hour,
                parts=tuple(Piece(name) for name in PARTS[topic]),
            )
            self._open[community][building, topic] = project
            self.all.append(project)

    def waiting(self, community: int) -> list[Project]:
        """Topics not decided on, those that came up first at the head."""
        return [project for project in self._open[community].values() if project.decided is None]

    def running(self, community: int) -> list[Project]:
        """Projects decided on and not completed."""
        return [project for project in self._open[community].values() if project.decided is not None]

    def decide(self, hour: float, project: Project) -> None:
        """The council decides on a topic; the branch assigns its duties, where the hub is there to."""
        project.decided = hour
        if self.hub:
            self._put_on_duty(hour, project)
        else:
            self._come_forward(hour, project)

    def follow_up(self, hour: float, project: Project, told: bool) -> None:
        """A later meeting asks for what is missing, if a backbone told of it or somebody noticed."""
        month = int(self.state.calendar.month[int(hour // 24.0)])
        if not told and draw(self._noticed, project.entity, month) >= self.rule.noticed:
            return
        if not self.hub:
            self._come_forward(hour, project)
        elif project.assigned is not None:
            self._ask_for_all(hour, project)
        elif not project.on_duty:  # it was decided on when there was no hub
            self._put_on_duty(hour, project)

    def backbone(self, project: Project) -> int | None:
        """Who tells how a project goes: a centre household of the building, else the group's leader."""
        roster, organisation = self.state.roster, self.state.organisation
        first, last = organisation.centres_from[project.building : project.building + 2].tolist()
        if last > first:
            return int(roster.centres + first)
        group = int(organisation.building_group[project.building])
        return roster.leaders + group if int(organisation.group_leader[group]) >= 0 else None

    def _put_on_duty(self, hour: float, project: Project) -> None:
        project.on_duty = True
        branch = self.state.roster.branches + project.community
        done = self.state.working.book(branch, 60.0 * self.rule.assign, COUNCIL, hour)
        self.state.agenda.at(done, self._assign, project)

    def _assign(self, hour: float, project: Project) -> None:
        project.assigned = hour
        self._ask_for_all(hour, project)

    def _ask_for_all(self, hour: float, project: Project) -> None:
        for part in project.parts:
            if part.done is None and not part.under_way:
                self._ask(hour, project, part)

    def _come_forward(self, hour: float, project: Project) -> None:
        """Nobody has been given the duty: somebody may look after a part, or not."""
        month = int(self.state.calendar.month[int(hour // 24.0)])
        for number, part in enumerate(project.parts):
            if part.done is None and not part.under_way:
                occasion = (month << 2) | number
                if draw(self._comes_forward, project.entity, occasion) < self.rule.unassigned:
                    self._ask(hour, project, part)

    def _ask(self, hour: float, project: Project, part: Piece) -> None:
        """Ask one provider for a part: first those with a title, then those at the last meeting.

        Nobody is asked twice in a round.
        """
        providers, kind = self.state.providers, ASKED_OF[part.name]
        able = providers.of(project.community, kind)
        if not len(able):
            return
        if part.asked.issuperset(able.tolist()):
            part.asked.clear()
        order = np.lexsort(
            (draws(self._order, able, project.entity), ~self.present[able], ~providers.titled[able])
        )
        provider = next(one for one in able[order].tolist() if one not in part.asked)
        part.asked.add(provider)
        part.tries += 1
        key = (project.entity << 12) | part.tries
        if not providers.agrees(provider, self._agrees[part.name], key):
            project.refused += 1
            return
        part.under_way = True
        if kind == OFFICE:
            self._guide(hour, project, part, provider)
        else:
            self._wait(hour, project, part, provider, getattr(self._rule(project), part.name))

    def _rule(self, project: Project) -> object:
        return self.rule.renewal if project.topic == RENEWAL else self.rule.clean_up

    def _guide(self, hour: float, project: Project, part: Piece, office: int) -> None:
        """The office guides an application, which takes its officer's minutes."""
        officer = self.state.roster.officers + project.community
        done = self.state.working.book(officer, 60.0 * self.rule.renewal.guide, COUNCIL, hour)
        part.under_way = done < inf
        self.state.agenda.at(done, self._apply, project, part, office)

    def _apply(self, hour: float, project: Project, part: Piece, office: int) -> None:
        self._wait(hour, project, part, office, self.rule.renewal.approval)

    def _wait(self, hour: float, project: Project, part: Piece, provider: int, lasts: Time) -> None:
        delay = lasts.hours(draw(self._lasts[part.name], project.entity, part.tries))
        self.state.agenda.at(hour + delay, self._answer, project, part, provider)

    def _answer(self, hour: float, project: Project, part: Piece, provider: int) -> None:
        """What was waited for is there, unless the application for funds is refused."""
        part.under_way = False
        granted = self.rule.renewal.granted if part.name == "funds" else 1.0
        if draw(self._granted, project.entity, part.tries) >= granted:
            project.refused += 1
            return
        part.done = hour
        self.state.providers.gave[provider] += 1
        if all(part.done is not None for part in project.parts):
            self.state.agenda.at(self._hours.next_open(hour), self._start, project)

    def _start(self, hour: float, project: Project) -> None:
        project.started = hour
        works = self.rule.renewal.works if project.topic == RENEWAL else self.rule.clean_up.works
        took = works.hours(draw(self._works, project.entity, 0))
        self.state.agenda.at(hour + took, self._complete, project)

    def _complete(self, hour: float, project: Project) -> None:
        state, building = self.state, project.building
        project.completed = hour
        del self._open[project.community][building, project.topic]
        self.topics.settled[building, project.topic] = hour
        if project.topic == RENEWAL:
            state.condition[building] += self.rule.renewal.restores * (1.0 - state.condition[building])
        else:
            state.cleaned[building] = hour
        rule = state.satisfaction.rule
        cause, points = (RENEWED, rule.renewed) if project.topic == RENEWAL else (CLEANED, rule.cleaned)
        state.satisfaction.move(np.arange(*state.population.in_building(building)), cause, points)
        backbone = self.backbone(project)
        if backbone is not None:
            done = state.working.book(backbone, 60.0 * self.rule.progress, COUNCIL, hour)
            state.agenda.at(done, self._report, project)

    @staticmethod
    def _report(hour: float, project: Project) -> None:
        project.reported = hour

    def table(self) -> pd.DataFrame:
        """A row for every topic that has come up."""
        projects = self.all
        columns = {
            "project_id": pd.array([project.number for project in projects], dtype="int64"),
            "community": pd.array([project.community for project in projects], dtype="int64"),
            "building": pd.array([project.building for project in projects], dtype="int64"),
            "topic": pd.array([TOPICS[project.topic] for project in projects], dtype="string"),
            "source": pd.array([SOURCES[project.source] for project in projects], dtype="string"),
        }
        for name in TIMES:
            hours = [project.hour(name) for project in projects]
            columns[f"{name}_h"] = pd.array(hours, dtype="Float64")
        asked = [sum(part.tries for part in project.parts) for project in projects]
        columns["asked"] = pd.array(asked, dtype="int64")
        columns["refused"] = pd.array([project.refused for project in projects], dtype="int64")
        columns["deferred"] = pd.array([project.deferred for project in projects], dtype="int64")
        columns["state"] = pd.array([project.state for project in projects], dtype="string")
        return pd.DataFrame(columns)
