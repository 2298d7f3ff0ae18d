"""Everybody with a role and minutes of their own: views on the roster's rows of the working time."""

from agents.columns import Column, View
from agents.working_time import ACTIVITIES


class Actor(View):
    """One person with a role."""

    community = Column("roster.community", int)
    """The community served."""
    person = Column("roster.person", int)
    """The resident who has the role; a number beyond the residents for one from outside."""
    minutes_left = Column("working.left", float)
    """Minutes left today."""

    @property
    def hours(self) -> dict[str, float]:
        """Hours spent so far, by activity."""
        spent = self.model.state.working.spent[self.index]
        return {name: float(spent[place]) / 60.0 for place, name in enumerate(ACTIVITIES)}


class StreetOfficer(Actor):
    """The street office's officer for one community: the first tier."""


class PartyBranch(Actor):
    """A community's party branch, secretary and deputy: the second tier."""


class Coordinator(Actor):
    """The hub's coordinator of cases in one community."""


class GroupLeader(Actor):
    """Leader of a party group of a few buildings: the third tier."""


class CentreHousehold(Actor):
    """A party household that knows its building: the fourth tier."""


class GridWorker(Actor):
    """A grid worker, full-time or part-time."""

    effort = Column("effort", float)
    """How hard the worker looks about on patrol; 1 is as a matter of course."""
    gaming = Column("gaming", float)
    """How much the worker looks after the score, 0-1."""


class PairedMember(Actor):
    """A party member who calls on vulnerable residents every week, and has no other role."""


class Tracker(Actor):
    """The platform's tracker in one community, who watches the board."""


KINDS: tuple[type[Actor], ...] = (
    StreetOfficer,
    PartyBranch,
    Coordinator,
    GroupLeader,
    CentreHousehold,
    GridWorker,
    GridWorker,
    PairedMember,
    Tracker,
)
"""The kind of actor for each role of :data:`agents.working_time.ROLES`."""
