"""The council (协同治理议事会): once a month, in person, on a day and at an hour that everybody knows.

Backbones ask their neighbours some days before. On the day, whoever has the minutes sets them aside, and
whoever is willing comes. The agenda has room for a few topics, those that came up first; the rest waits a
month. With a quorum the council decides on them and follows up on projects that run; without one it does
neither. Where the mechanism is off, topics come up all the same, and pile up.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from agents.working_time import COUNCIL
from scenarios.council import Council as Rule
from simulation.case import Case
from simulation.chance import key_of
from simulation.community.providers import ENTERPRISE, NGO, OFFICE
from simulation.council.projects import Project, Projects
from simulation.council.topics import Topics
from simulation.state import State

COLUMNS = ("month", "community", "branch", "backbones", "office", "enterprises", "ngos", "quorum", "waiting",
           "topics", "decided", "running", "told")  # fmt: skip


@dataclass(slots=True)
class Attendance:
    """Who comes to one meeting."""

    branch: int
    backbones: int
    office: int
    enterprises: int
    ngos: int

    def sides(self) -> int:
        """Of the five sides, how many are there."""
        counts = (self.branch, self.backbones, self.office, self.enterprises, self.ngos)
        return sum(count > 0 for count in counts)


class Council:
    """The councils of all communities.

    Args:
        state: the run.
        cases: every case in order of arising; it grows as the run goes on.

    Attributes:
        rows: of the table ``council``.
    """

    def __init__(self, state: State, cases: list[Case]) -> None:
        self.state = state
        self.topics = Topics(state, cases)
        self.projects = Projects(state, self.topics)
        self.rows: list[dict[str, int]] = []
        self._attends = key_of(state.seed, "council.attends")

    @property
    def rule(self) -> Rule:
        """The rules as they are now."""
        return self.state.scenario.council

    @property
    def on(self) -> bool:
        """Whether the mechanism is on now."""
        return self.state.scenario.mechanisms.council

    def begin_day(self, day: int) -> None:
        """Ask for opinions on the day for it, and meet on the first working day from the council's on."""
        calendar = self.state.calendar
        month = int(calendar.month[day])
        if self.on and calendar.dates[day].day == self.rule.opinions.day:
            self.topics.collect(month)
        if calendar.is_first_working_day(day, self.rule.day):
            self.projects.raise_topics(24.0 * day)
            for community in range(self.state.population.communities):
                if self.on:
                    self._convene(day, month, community)
                else:
                    self._defer(community)

    def table(self) -> pd.DataFrame:
        """A row for every meeting."""
        table = pd.DataFrame(self.rows, columns=list(COLUMNS), dtype="int64")
        return table.astype({"branch": "bool", "office": "bool", "quorum": "bool"})

    def _convene(self, day: int, month: int, community: int) -> None:
        """In the morning: who will come, and what stands on the agenda."""
        waiting = self.projects.waiting(community)
        agenda = waiting[: self.rule.topics]
        length = self.rule.opening + self.rule.topic * len(agenda)
        there = self._attendance(month, community, agenda, 60.0 * length)
        running = self.projects.running(community)
        told = [self._tells(project) for project in running]
        quorum = there.branch > 0 and there.sides() >= self.rule.quorum
        self.rows.append(
            {
                "month": month,
                "community": community,
                "branch": there.branch,
                "backbones": there.backbones,
                "office": there.office,
                "enterprises": there.enterprises,
                "ngos": there.ngos,
                "quorum": int(quorum),
                "waiting": len(waiting),
                "topics": len(agenda),
                "decided": len(agenda) if quorum else 0,
                "running": len(running),
                "told": sum(told),
            }
        )
        if quorum:
            ends = 24.0 * day + self.rule.hour + length
            self.state.agenda.at(
                ends, self._conclude, community, agenda, list(zip(running, told, strict=True))
            )
        else:
            self._defer(community)

    def _attendance(self, month: int, community: int, agenda: list[Project], minutes: float) -> Attendance:
        """Branch, leaders and the agenda's centre households need the minutes, providers the will."""
        state, roster, organisation = self.state, self.state.roster, self.state.organisation
        leaders = roster.leaders + np.flatnonzero(organisation.group_community == community)
        centres = [
            roster.centres + np.arange(*organisation.centres_from[building : building + 2])
            for building in sorted({project.building for project in agenda})
        ]
        backbones = np.concatenate([leaders, *centres])

        def give_time(actors: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> int:
            return int(state.working.set_aside(actors, minutes, COUNCIL).sum())

        come = {kind: self._willing(month, community, kind) for kind in (OFFICE, ENTERPRISE, NGO)}
        if come[OFFICE] and not give_time(np.array([roster.officers + community])):
            come[OFFICE] = 0
        return Attendance(
            branch=give_time(np.array([roster.branches + community])),
            backbones=give_time(backbones),
            office=come[OFFICE],
            enterprises=come[ENTERPRISE],
            ngos=come[NGO],
        )

    def _willing(self, month: int, community: int, kind: int) -> int:
        providers = self.state.providers
        those = providers.of(community, kind)
        for one in those.tolist():
            self.projects.present[one] = providers.agrees(one, self._attends, month)
        return int(self.projects.present[those].sum())

    def _tells(self, project: Project) -> bool:
        """Whether a backbone has the minutes to feed back how a project goes."""
        backbone = self.projects.backbone(project)
        if backbone is None:
            return False
        minutes = 60.0 * self.rule.progress
        return bool(self.state.working.set_aside(np.array([backbone]), minutes, COUNCIL)[0])

    def _conclude(
        self, hour: float, community: int, agenda: list[Project], running: list[tuple[Project, bool]]
    ) -> None:
        """The meeting ends: topics are decided on, what is missing is asked for, the rest waits."""
        for project, told in running:
            if project.completed is None:
                self.projects.follow_up(hour, project, told)
        for project in agenda:
            self.projects.decide(hour, project)
        self._defer(community)

    def _defer(self, community: int) -> None:
        for project in self.projects.waiting(community):
            project.deferred += 1
