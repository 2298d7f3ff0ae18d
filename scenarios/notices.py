"""Notices: which are issued (fate), and the ways they may travel (policy)."""

from typing import Literal

from pydantic import model_validator

from scenarios.distributions import Exponential, Time
from scenarios.phrases import phrase
from scenarios.units import (
    FATE,
    SOURCE_TEXT,
    ClockTime,
    Duration,
    Fated,
    Misplaced,
    Part,
    Share,
    must_follow,
    param,
    write_clock,
)


class Audiences(Fated):
    """What share of notices is meant for whom."""

    all: Share = param(0.6, "Share of notices that are meant for everybody.", unit="share of notices")
    elderly: Share = param(
        0.2, "Share of notices that are meant for residents over 60.", unit="share of notices"
    )
    families: Share = param(
        0.2, "Share of notices that are meant for households with children.", unit="share of notices"
    )

    @model_validator(mode="after")
    def _sums(self) -> "Audiences":
        if abs(self.all + self.elderly + self.families - 1.0) > 1e-6:
            total = self.all + self.elderly + self.families
            raise Misplaced(
                (), phrase("the shares of audiences must add up to 1, not {total:.4g}", total=total)
            )
        return self


class Link(Part):
    """One step down the tiers: a person tells the people below, one by one or in a meeting."""

    mode: Literal["call", "meeting"] = param("call", "One call each, or one meeting for all.", unit="choice")
    minutes: Duration = param(..., "Time one call, or the meeting, takes.", unit="duration", le=24.0)
    delay: Time = param(..., "Wait before a call is picked up.", unit="duration")
    every: Duration = param(168.0, "Time between meetings.", unit="duration", ge=1.0, le=8760.0)
    loss: Share = param(0.0, "Probability that the message is not understood or forgotten.", unit="share")


def _hours(value: float) -> Exponential:
    return Exponential(mean=value)


class Tiers(Part):
    """The four tiers: street, party branch, party group, centre household."""

    street_to_branch: Link = Link(minutes=10 / 60, delay=_hours(4.0), loss=0.0)
    branch_to_leader: Link = Link(minutes=6 / 60, delay=_hours(3.0), loss=0.01)
    leader_to_centre: Link = Link(minutes=5 / 60, delay=_hours(4.0), loss=0.02)


class Doors(Part):
    """Knocking on doors in waking hours."""

    on: bool = param(True, "Centre households go from door to door.", unit="yes or no", source=SOURCE_TEXT)
    visit: Duration = param(4 / 60, "Walk to the next door, knock, greet.", unit="duration", ge=0.0, le=8.0)
    tell: Duration = param(
        2 / 60, "Time for explaining one notice to whoever opens the door.", unit="duration", ge=0.0, le=8.0
    )
    knock: Duration = param(
        1.5 / 60, "Time lost at a door that nobody opens.", unit="duration", ge=0.0, le=8.0
    )
    attempts: int = param(4, "Knocks at one door before giving up.", unit="knocks", ge=1, le=100)
    workday_from: ClockTime = param(18.0, "First knock on a working day.", unit="time of day")
    restday_from: ClockTime = param(9.5, "First knock on a day off.", unit="time of day")
    until: ClockTime = param(20.5, "Last knock.", unit="time of day")
    vulnerable_first: bool = param(False, "Doors of vulnerable residents come first.", unit="yes or no")

    @model_validator(mode="after")
    def _order(self) -> "Doors":
        for name, start in (("workday_from", self.workday_from), ("restday_from", self.restday_from)):
            if start >= self.until:
                raise Misplaced(
                    ("until",),
                    must_follow("until", write_clock(self.until), name, write_clock(start)),
                    (name,),
                )
        return self


class Board(Part):
    """The notice board at the building's door."""

    on: bool = param(True, "Notices are put on the board.", unit="yes or no", source=SOURCE_TEXT)
    delay: Duration = param(
        24.0, "Time from when the branch knows until the notice hangs.", unit="duration", le=8760.0
    )
    minutes: Duration = param(
        2 / 60, "Branch's time to hang one notice in one building.", unit="duration", le=8.0
    )
    reads: Share = param(0.02, "Probability that a resident reads it on a given day.", unit="per day")


class GroupChat(Part):
    """The residents' chat group: broadcast to those with access."""

    on: bool = param(False, "Notices are posted to the chat group.", unit="yes or no")
    delay: Duration = param(
        2.0, "Time from when the branch knows until the notice is posted.", unit="duration", le=8760.0
    )
    minutes: Duration = param(3 / 60, "Branch's time to post one notice.", unit="duration", le=8.0)
    member: Share = param(0.7, "Share of smartphone users who are in the group.", unit="share")
    reads: Share = param(
        0.5,
        "Probability that a member reads a notice among the chatter.",
        unit="share",
        source="Nanjing, 35 communities: wide coverage, 'occasional' use (no number given)",
    )
    read_after: Time = param(Exponential(mean=8.0), "Time from post to reading.", unit="duration")


class Talk(Part):
    """Word of mouth: in each waking hour each pair talks of a notice with a small probability."""

    household: Share = param(0.08, "Probability per waking hour between two of a household.", unit="per hour")
    neighbour: Share = param(0.0008, "Probability per waking hour between two neighbours.", unit="per hour")
    passes_on: Share = param(
        0.33,
        "Share of residents who pass a given notice on to neighbours at all.",
        unit="share",
        source="Banerjee et al. 2013: non-adopters pass on far less but make up a third of the spread",
    )
    from_hour: int = param(
        7, "Hour of the day from which residents talk of notices.", unit="hour of day", ge=0, le=23
    )
    until_hour: int = param(
        22, "Hour of the day at which they have stopped.", unit="hour of day", ge=1, le=24
    )

    @model_validator(mode="after")
    def _order(self) -> "Talk":
        if self.from_hour >= self.until_hour:
            raise Misplaced(
                ("until_hour",),
                must_follow("until_hour", self.until_hour, "from_hour", self.from_hour),
                ("from_hour",),
            )
        return self


class Notices(Part):
    """What is announced and how it travels."""

    per_year: float = param(
        24.0,
        "Notices a street issues, Poisson in office hours.",
        unit="per year",
        fixed=FATE,
        ge=0.0,
        le=400.0,
    )
    at: tuple[Duration, ...] = param(
        (),
        "Times of further notices to all, besides the random ones.",
        unit="duration since start",
        fixed=FATE,
        max_length=500,
    )
    audiences: Audiences = Audiences()
    min_age: int = param(
        15,
        "Residents under this age are not counted.",
        unit="years",
        fixed="whom notices are for is settled before the first day",
        ge=0,
        le=60,
    )
    follow: Duration = param(
        720.0,
        "A notice is news, and is followed, for this long.",
        unit="duration",
        fixed="how many notices are news at once is settled before the first day",
        ge=73.0,
        le=2160.0,
    )
    tiers: Tiers = Tiers()
    doors: Doors = Doors()
    board: Board = Board()
    group_chat: GroupChat = GroupChat()
    talk: Talk = Talk()
    questions: Share = param(
        0.003,
        "Probability that a notice raises a question in a resident who knows it.",
        unit="per resident and notice",
    )
    question_after: Duration = param(
        48.0,
        "Time from hearing until the question comes up.",
        unit="duration",
        ge=24.0,
        le=720.0,
    )
    question_category: str = param(
        "question",
        "The kind of trouble that such a question is; where a scenario has none of that name, none comes up.",
        unit="name in cases.categories",
        max_length=40,
    )
