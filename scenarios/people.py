"""Working time of everybody with a role, what patrols and the hub do with it, and what moves satisfaction."""

from pydantic import model_validator

from scenarios.phrases import phrase
from scenarios.units import SOURCE_TEXT, ClockTime, Duration, Misplaced, Part, Share, param

SERVE = "who serves in a grid is settled before the first day"
VOLUNTEER = "CASS Blue Book: active volunteers gave 21.87 h in three months of 2021; a cap on days with work"


class Minutes(Part):
    """Working time per day that each role can spend on what the model knows."""

    street_officer: Duration = param(
        2.0, "Street officer, for each community, working days.", unit="duration per day", le=24.0
    )
    branch: Duration = param(
        4.0, "Party branch: secretary and deputy together, working days.", unit="duration per day", le=24.0
    )
    leader: Duration = param(
        1.0,
        "Leader of a party group: passes notices to centre households, and their troubles up to the branch.",
        unit="duration per day",
        source=VOLUNTEER,
        le=24.0,
    )
    centre_household: Duration = param(
        1.0,
        "Centre household: one party household of a building that calls on its neighbours and hears them.",
        unit="duration per day",
        source=VOLUNTEER,
        le=24.0,
    )
    full_time: Duration = param(
        4.0,
        "Full-time grid worker: half of eight hours, the rest goes to forms and other offices; working days.",
        unit="duration per day",
        le=24.0,
    )
    part_time: Duration = param(
        1.0,
        "Part-time grid worker; how many days a week the round is theirs is patrol.part_time_days.",
        unit="duration per day",
        source=VOLUNTEER,
        le=24.0,
    )
    paired_member: Duration = param(
        1.0,
        "Party member paired with vulnerable residents, who has no other role.",
        unit="duration per day",
        source=VOLUNTEER,
        le=24.0,
    )
    kept_back: Duration = param(
        10 / 60,
        "Of a grid worker's or centre household's day, kept back from rounds for what comes up on them.",
        unit="duration per day",
        le=24.0,
    )


class Patrol(Part):
    """The daily round of the grid."""

    duration: Duration = param(
        2.0, "A grid worker's patrol a day.", unit="duration per day", source=SOURCE_TEXT, le=24.0
    )
    full_time_workers: int = param(
        1, "Full-time workers of a grid.", unit="people", source=SOURCE_TEXT, fixed=SERVE, ge=0, le=20
    )
    part_time_workers: int = param(
        2, "Part-time workers of a grid.", unit="people", source=SOURCE_TEXT, fixed=SERVE, ge=0, le=20
    )
    part_time_days: int = param(
        2,
        "Days of the week on which each part-time worker walks, taking turns.",
        unit="days per week",
        source="CASS Blue Book: active volunteers of all kinds gave 21.87 h in three months of 2021, or 50 "
        "minutes on 2 days a week; the source text wants every day, and building heads may give more",
        ge=0,
        le=7,
    )
    starts: ClockTime = param(9.5, "The full-time worker sets out, on working days.", unit="time of day")
    part_time_starts: ClockTime = param(16.5, "The part-time workers set out.", unit="time of day")
    look: Duration = param(
        6 / 60, "Walking to a building and looking it over.", unit="duration", ge=1 / 60, le=8.0
    )
    talk: Duration = param(3 / 60, "One talk with a resident who is about.", unit="duration", le=8.0)
    talks: int = param(
        2, "Residents the worker tries to talk to at each building.", unit="residents", ge=0, le=50
    )
    meets: Share = param(0.5, "Probability that one who is at home is about to be met.", unit="share")
    tells: bool = param(True, "Grid workers tell the notices that they know.", unit="yes or no")
    knocks: bool = param(False, "With time left, grid workers knock on doors with notices.", unit="yes or no")


class Hub(Part):
    """The party branch's coordinator of cases."""

    minutes: Duration = param(
        1.0, "The coordinator's time a day, working days.", unit="duration per day", le=24.0
    )
    review: Duration = param(
        8 / 60,
        "The coordinator's time to look into one case on the list and settle whose it is.",
        unit="duration",
        gt=0.0,
        le=8.0,
    )
    lag: Duration = param(
        24.0, "Age at which an entry on the case list is visible to the coordinator.", unit="duration"
    )


class Satisfaction(Part):
    """What moves a resident's satisfaction, in points of 0-100 for an average resident.

    A gain is scaled by the room above, a loss by the room below, so that nobody leaves the range. What a
    trouble takes is multiplied by the ``weight`` of its kind; solving it and reporting back return shares of
    that, together no more than all of it.
    """

    waiting: float = param(
        0.25, "Loss for each day that an own trouble is open.", unit="points per day", ge=0.0, le=20.0
    )
    waiting_building: float = param(
        0.05,
        "Loss for each day that a trouble of the whole building is open.",
        unit="points per day",
        ge=0.0,
        le=20.0,
    )
    struck: float = param(6.0, "Loss when an own trouble arises.", unit="points", ge=0.0, le=50.0)
    struck_building: float = param(
        0.6, "Loss when a trouble of the whole building arises.", unit="points", ge=0.0, le=50.0
    )
    solved: Share = param(
        0.6,
        "Of what a trouble took when it struck, was late or failed, given back when it is solved.",
        unit="share of what was taken",
    )
    late: float = param(4.0, "Loss when an own case passes its deadline.", unit="points", ge=0.0, le=50.0)
    failed: float = param(5.0, "Loss when an own case is closed unsolved.", unit="points", ge=0.0, le=50.0)
    pressed: float = param(
        1.0, "Loss of a reporter who is pressed for a good rating.", unit="points", ge=0.0, le=50.0
    )
    fed_back: Share = param(
        0.3,
        "Of what a solved trouble took from the home that reported it, given back when somebody reports so.",
        unit="share of what was taken",
        source="Shanghai WeChat study (BMC Public Health 2024): answering matters most; size assumed",
    )
    informed: float = param(
        0.4, "Gain when told of a notice within the time aimed at.", unit="points", ge=0.0, le=20.0
    )
    informed_half: float = param(
        4.0,
        "Notices heard before, and still news, at which that gain is halved: it is informed x half / (half + "
        "heard).",
        unit="notices",
        gt=0.0,
        le=1000.0,
    )
    missed: float = param(
        0.6,
        "Loss when a notice meant for one was not heard while it was followed.",
        unit="points",
        ge=0.0,
        le=20.0,
    )
    in_time: Duration = param(
        72.0, "Time within which everybody should know a notice.", unit="duration", source=SOURCE_TEXT, gt=0.0
    )
    visited: float = param(
        0.3, "Gain from a visit at the door or a talk on patrol.", unit="points", ge=0.0, le=20.0
    )
    paired_visit: float = param(
        0.05,
        "Gain from a paired member's weekly visit as such, help aside.",
        unit="points",
        source="Laermans 2023 (Campbell): very low certainty that friendly visiting helps; size assumed",
        ge=0.0,
        le=20.0,
    )
    need: float = param(
        0.1, "Loss for each day that an own need is unmet.", unit="points per day", ge=0.0, le=20.0
    )
    cared: float = param(2.0, "Gain when an own need is met.", unit="points", ge=0.0, le=50.0)
    renewed: float = param(
        4.0, "Gain of a building's residents when its renewal is completed.", unit="points", ge=0.0, le=50.0
    )
    cleaned: float = param(
        0.5, "Gain of a building's residents from a clean-up.", unit="points", ge=0.0, le=50.0
    )
    unserved: float = param(
        0.02,
        "Loss for each day that somebody of the home has a want that nobody meets, until it is over.",
        unit="points per day",
        ge=0.0,
        le=20.0,
    )
    served: float = param(
        2.0, "Gain of everybody in a home whose want is met.", unit="points", ge=0.0, le=50.0
    )
    adapts: Duration = param(
        2160.0, "Time constant with which people get used to what happened.", unit="duration", gt=1.0
    )
    trust_follows: Share = param(
        0.5, "How much satisfaction moves trust: 0 leaves trust as it was at the start.", unit="share"
    )

    @model_validator(mode="after")
    def _no_gain_from_trouble(self) -> "Satisfaction":
        if self.solved + self.fed_back > 1.0 + 1e-9:
            raise Misplaced(
                ("solved",),
                phrase(
                    "solved ({solved:g}) and fed_back ({fed_back:g}) may give back no more than all that a "
                    "trouble took: together at most 1",
                    solved=self.solved,
                    fed_back=self.fed_back,
                ),
                ("fed_back",),
            )
        return self
