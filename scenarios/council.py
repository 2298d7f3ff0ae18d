"""The council (协同治理议事会): what it meets about, who comes, and how the projects it decides on go on."""

from pydantic import model_validator

from scenarios.distributions import Deterministic, Lognormal, Time
from scenarios.phrases import phrase
from scenarios.units import ClockTime, Duration, Misplaced, Part, Share, param


class Topics(Part):
    """What makes a topic of a building: its renewal, or a clean-up of its surroundings."""

    within: Duration = param(2160.0, "Troubles on the list count for this long.", unit="duration", gt=0)
    damage: int = param(
        6,
        "More troubles than this that follow building condition, in one building, make its renewal a topic.",
        unit="troubles",
        ge=0,
        le=10000,
    )
    untidy: int = param(
        2,
        "More troubles than this that follow the surroundings, in one building, make a clean-up a topic.",
        unit="troubles",
        ge=0,
        le=10000,
    )
    stuck: int = param(
        2, "So many stuck troubles in one building make a topic.", unit="troubles", ge=1, le=10000
    )
    stuck_after: Duration = param(
        720.0, "A trouble still open so long after its deadline is stuck.", unit="duration"
    )
    condition: Share = param(
        0.25, "A building in worse condition than this is a topic for renewal.", unit="0-1"
    )
    voices: int = param(
        5, "So many residents of a building who ask for it make a topic.", unit="residents", ge=1, le=10000
    )


class Opinions(Part):
    """Resident backbones (居民骨干: group leaders and centre households) ask their neighbours."""

    day: int = param(3, "Day of the month on which they ask.", unit="day of the month", ge=1, le=20)
    asks: int = param(3, "Residents that each asks in a month.", unit="residents", ge=0, le=100)
    ask: Duration = param(5 / 60, "Asking one and writing it down.", unit="duration", le=8.0)
    speaks: Share = param(
        0.5,
        "Probability that one asked speaks up where all is derelict, for renewal, or where a trouble of the "
        "home or building is open, for a clean-up.",
        unit="share",
    )


class Renewal(Part):
    """Renewal of an old building: no works before funds, materials and technical support are there."""

    guide: Duration = param(
        2.0, "The street office's time to guide one application for funds.", unit="duration", le=40.0
    )
    approval: Time = param(
        Lognormal(median=1080.0, sigma=0.5), "From the application to the answer.", unit="duration"
    )
    granted: Share = param(0.7, "Probability that an application is granted.", unit="per application")
    materials: Time = param(
        Lognormal(median=336.0, sigma=0.5), "From a promise to the materials on site.", unit="duration"
    )
    technical: Time = param(
        Lognormal(median=240.0, sigma=0.5), "From a promise to the technical support.", unit="duration"
    )
    works: Time = param(
        Lognormal(median=720.0, sigma=0.4), "From the start of the works to their end.", unit="duration"
    )
    restores: Share = param(0.6, "Part of what the condition lacks that renewal restores.", unit="share")


class CleanUp(Part):
    """A clean-up of a building's surroundings by volunteers."""

    volunteers: Time = param(
        Lognormal(median=240.0, sigma=0.5), "From an NGO's promise to the volunteers.", unit="duration"
    )
    works: Time = param(
        Deterministic(mean=6.0), "From the start of the clean-up to its end.", unit="duration"
    )
    lasts: Duration = param(
        2160.0, "Time constant with which its effect on the surroundings fades.", unit="duration", gt=0.0
    )


class Council(Part):
    """The monthly meeting of branch, backbones, affairs office, enterprises and NGOs, and what follows."""

    day: int = param(
        10, "It meets on the first working day from this one on.", unit="day of the month", ge=1, le=20
    )
    hour: ClockTime = param(14.0, "Time at which it meets, in person.", unit="time of day")
    opening: Duration = param(20 / 60, "Opening and progress, at each meeting.", unit="duration", le=8.0)
    topic: Duration = param(
        20 / 60, "Meeting time that each topic takes, of everybody who is there.", unit="duration", le=8.0
    )
    topics: int = param(2, "Most topics of a meeting.", unit="topics", ge=0, le=100)
    quorum: int = param(
        4,
        "Of the five sides (branch, backbones, office, enterprises, NGOs) that must be there, the branch "
        "always among them.",
        unit="sides",
        ge=1,
        le=5,
    )
    raises: Topics = Topics()
    opinions: Opinions = Opinions()
    assign: Duration = param(
        15 / 60, "Branch's time to assign the duties of one topic.", unit="duration", le=8.0
    )
    unassigned: Share = param(
        0.3,
        "Where the hub is off nobody assigns duties: probability that somebody comes forward for a part.",
        unit="per part and month",
    )
    progress: Duration = param(
        10 / 60, "A backbone's time to feed back how a project goes.", unit="duration per month", le=8.0
    )
    noticed: Share = param(
        0.3,
        "Probability that the council notices a part that is stuck where no backbone tells of it.",
        unit="per project and month",
    )
    renewal: Renewal = Renewal()
    clean_up: CleanUp = CleanUp()

    @model_validator(mode="after")
    def _order(self) -> "Council":
        if self.opinions.day > self.day:
            raise Misplaced(
                ("opinions", "day"),
                phrase(
                    "opinions.day ({opinions}) may not come after day ({day})",
                    opinions=self.opinions.day,
                    day=self.day,
                ),
                ("day",),
            )
        return self
