"""The ledger: a file for each vulnerable resident (一人一档), and members paired with them (帮扶对子)."""

from pydantic import model_validator

from scenarios.units import FATE, ClockTime, Duration, Misplaced, Part, Share, must_follow, param, write_clock

PAIRED = "who has a file and who calls is settled for the day on which the ledger begins"


class Needs(Part):
    """What vulnerable residents come to need: a hand with shopping, papers, the way to the clinic."""

    rate: float = param(
        2.0,
        "Needs that arise; fate, the same whoever governs.",
        unit="per vulnerable resident and year",
        fixed=FATE,
        ge=0.0,
        le=50.0,
    )
    found: Share = param(0.8, "Probability that a visit finds a need that is there.", unit="per visit")
    care: Duration = param(0.5, "The member's time to meet one need.", unit="duration", ge=0.0, le=8.0)
    fades: Duration = param(
        1440.0,
        "Time after which a need that nobody met is over: family copes, or one does without.",
        unit="duration",
        fixed=FATE,
        ge=24.0,
    )


class Listing(Part):
    """What the resident wants that a member's care cannot meet: it goes on the list of wants."""

    found: Share = param(
        0.8,
        "Probability that a visit finds a want that is not on the list, where lists are made.",
        unit="per visit",
    )
    writing: Duration = param(
        5 / 60, "The member's time to write down one want.", unit="duration", ge=0.0, le=8.0
    )


class Ledger(Part):
    """The register, the pairs and the weekly visits."""

    omitted: Share = param(
        0.1,
        "Vulnerable residents who have no file at the start.",
        unit="share of vulnerable residents",
        fixed=PAIRED,
    )
    noticed: Share = param(
        0.1,
        "Probability that whoever calls on or talks to one without a file sees that it is missing.",
        unit="per day with a visit",
    )
    filing: Duration = param(20 / 60, "Branch's time to open one file.", unit="duration", le=8.0)
    capacity: int = param(
        4,
        "Most files of one paired member.",
        unit="files",
        fixed=PAIRED,
        source="CASS Blue Book: 21.87 h in three months of 2021 are four weekly visits of 25 minutes",
        ge=1,
        le=100,
    )
    workday_from: ClockTime = param(18.0, "Members set out on a working day.", unit="time of day")
    restday_from: ClockTime = param(9.5, "Members set out on a day off.", unit="time of day")
    until: ClockTime = param(20.5, "Nobody calls from then on.", unit="time of day")
    walk: Duration = param(2 / 60, "Stairs and doors of one visit, both ways.", unit="duration", le=8.0)
    pace: float = param(4.0, "Walking from building to building.", unit="km/h", gt=0.0, le=20.0)
    stay: Duration = param(20 / 60, "Sitting together; notices are told meanwhile.", unit="duration", le=8.0)
    make_up: int = param(
        2, "Days after the day of a missed visit on which it is tried again, within the week.", unit="days",
        ge=0, le=6,
    )  # fmt: skip
    needs: Needs = Needs()
    wants: Listing = Listing()

    @model_validator(mode="after")
    def _order(self) -> "Ledger":
        for name, start in (("workday_from", self.workday_from), ("restday_from", self.restday_from)):
            if start >= self.until:
                raise Misplaced(
                    ("until",),
                    must_follow("until", write_clock(self.until), name, write_clock(start)),
                    (name,),
                )
        return self
