"""The lists of what residents want and what others can give (需求清单, 资源清单), and their matching."""

from typing import Literal

from pydantic import model_validator

from scenarios.community import FourShares
from scenarios.phrases import phrase
from scenarios.units import SOURCE_TEXT, ClockTime, Duration, Fated, Misplaced, Part, Share, not_above, param


class Want(Fated):
    """One kind of want: who has it, how often, at which time of day, for how long. All of it is fate."""

    rate: float = param(
        ...,
        "Wants that arise, of one person they can arise with.",
        unit="per person and year",
        ge=0.0,
        le=50.0,
    )
    lasts: Duration = param(
        ..., "Time until it is over unmet, from half to one and a half of this.", unit="duration", ge=24.0
    )
    slots: FourShares = param(
        (0.0, 0.0, 0.0, 0.0),
        "How the hours wanted divide: mornings, afternoons, evenings, weekends; all 0 where none is meant.",
        unit="weight",
    )


class Wants(Fated):
    """What residents come to want."""

    elder_care: Want = Want(rate=0.15, lasts=2160.0, slots=(0.4, 0.4, 0.1, 0.1))
    child_care: Want = Want(rate=0.2, lasts=2160.0, slots=(0.3, 0.4, 0.15, 0.15))
    culture: Want = Want(rate=0.03, lasts=2880.0, slots=(0.15, 0.15, 0.35, 0.35))
    advice: Want = Want(rate=0.02, lasts=1440.0)
    goods: Want = Want(rate=0.015, lasts=1440.0)
    after_school: Want = Want(rate=0.35, lasts=2880.0, slots=(0.0, 0.8, 0.1, 0.1))


class Offer(Fated):
    """One kind of offer: how often providers of each kind come to have it, for how long. All is fate."""

    office: float = param(
        0.0,
        "How many such offers the affairs office comes to have.",
        unit="per provider and year",
        ge=0.0,
        le=100.0,
    )
    enterprise: float = param(
        0.0,
        "How many such offers an enterprise comes to have.",
        unit="per provider and year",
        ge=0.0,
        le=100.0,
    )
    ngo: float = param(
        0.0, "How many such offers an NGO comes to have.", unit="per provider and year", ge=0.0, le=100.0
    )
    resident: float = param(
        0.0,
        "How many such offers a resident with something to give comes to have.",
        unit="per provider and year",
        ge=0.0,
        le=100.0,
    )
    places: int = param(
        ...,
        "Homes one offer can serve, seats of a room, sets of stationery: half to one and a half of it.",
        unit="places",
        ge=1,
        le=1000,
    )
    lasts: Duration = param(
        ..., "Time until it is gone, from half to one and a half of this.", unit="duration", ge=24.0
    )


class Offers(Fated):
    """What providers come to have."""

    policy: Offer = Offer(office=6.0, places=5, lasts=2160.0)
    goods: Offer = Offer(enterprise=1.5, places=5, lasts=2160.0)
    stationery: Offer = Offer(enterprise=0.8, places=20, lasts=4320.0)
    expertise: Offer = Offer(enterprise=0.5, ngo=1.0, resident=0.05, places=3, lasts=4320.0)
    teaching: Offer = Offer(resident=0.3, places=3, lasts=4320.0)
    caring: Offer = Offer(ngo=6.0, resident=0.3, places=3, lasts=4320.0)
    arts: Offer = Offer(ngo=1.0, resident=0.1, places=5, lasts=4320.0)
    room: Offer = Offer(office=4.0, enterprise=0.2, resident=0.1, places=10, lasts=4320.0)


class Free(Fated):
    """When people can give their hours: weights of mornings, afternoons, evenings, weekends. Fate."""

    organisations: FourShares = param(
        (0.45, 0.45, 0.05, 0.05), "When office, enterprises and NGOs have time.", unit="weight"
    )
    retired: FourShares = param(
        (0.35, 0.35, 0.15, 0.15), "When residents of 60 or older have time.", unit="weight"
    )
    working: FourShares = param((0.02, 0.08, 0.4, 0.5), "When younger residents have time.", unit="weight")
    rooms: FourShares = param((0.3, 0.2, 0.25, 0.25), "When idle rooms are free.", unit="weight")

    @model_validator(mode="after")
    def _some(self) -> "Free":
        for name in type(self).model_fields:
            if sum(getattr(self, name)) <= 0.0:
                raise Misplaced(
                    (name,),
                    phrase("at least one of the four weights of {name} must be above 0", name=name),
                )
        return self


class Fits(Part):
    """How well each kind of offer meets one kind of want: 1 is just the thing, 0 not at all."""

    policy: Share = param(0.0, "How well policies and funds meet it.", unit="share")
    goods: Share = param(0.0, "How well idle goods meet it.", unit="share")
    expertise: Share = param(0.0, "How well professional help meets it.", unit="share")
    teaching: Share = param(0.0, "How well somebody who can teach meets it.", unit="share")
    caring: Share = param(0.0, "How well somebody who keeps company and helps meets it.", unit="share")
    arts: Share = param(0.0, "How well somebody who sings, paints or plays chess meets it.", unit="share")
    room: Share = param(0.0, "How well an idle room meets it.", unit="share")


class Meets(Part):
    """What meets what. After-school care takes teacher, room and stationery together; it is not here."""

    elder_care: Fits = Fits(caring=1.0, expertise=0.8, policy=0.4)
    child_care: Fits = Fits(caring=0.8, teaching=0.9, expertise=0.6)
    culture: Fits = Fits(arts=1.0, room=0.6, expertise=0.4)
    advice: Fits = Fits(policy=1.0, expertise=0.8)
    goods: Fits = Fits(goods=1.0, policy=0.4)


class Surveys(Part):
    """How the lists are gathered: a questionnaire online, and visits at home by people with few minutes."""

    gathering: Duration = param(
        336.0,
        "Time for answers and visits before both lists are matched.",
        unit="duration",
        ge=24.0,
        le=2160.0,
    )
    answers: Share = param(
        0.35, "Probability that a home with a smartphone answers one questionnaire.", unit="share of homes"
    )
    organisations: Share = param(
        0.8, "Probability that an organisation answers one questionnaire.", unit="share of organisations"
    )
    reminders: Share = param(
        0.4,
        "How much full automation adds to answers, and none takes away, as a share; nothing half way.",
        unit="share",
    )
    visitors: Literal["centre_households", "grid_workers"] = param(
        "centre_households", "Who calls at homes that have not answered.", unit="choice"
    )
    offline_first: bool = param(
        True, "Homes without a smartphone or with vulnerable residents come first.", unit="yes or no"
    )
    a_day: Duration = param(20 / 60, "A visitor's time for this.", unit="duration per day", le=24.0)
    visit: Duration = param(
        12 / 60, "Walking there, asking and writing down.", unit="duration", gt=0.0, le=8.0
    )
    knock: Duration = param(
        1.5 / 60, "Time lost at a door that nobody opens.", unit="duration", gt=0.0, le=8.0
    )
    workday_from: ClockTime = param(17 + 40 / 60, "Visitors set out on a working day.", unit="time of day")
    restday_from: ClockTime = param(9 + 10 / 60, "Visitors set out on a day off.", unit="time of day")


class Arranging(Part):
    """The branch's work over a match: both sides are asked, and what was promised may not be kept."""

    single: Duration = param(15 / 60, "Branch's time for one match.", unit="duration", gt=0.0, le=24.0)
    bundle: Duration = param(
        1.0, "Branch's time for one group of after-school care.", unit="duration", gt=0.0, le=24.0
    )
    a_day: Duration = param(
        1.0, "What the branch gives to this on a working day.", unit="duration per day", le=24.0
    )
    suggestions: Share = param(
        0.4,
        "How much full automation takes from this time, and none adds to it, as a share; nothing half way.",
        unit="share",
    )


class Choosing(Part):
    """What makes a match good. A perfect one is worth 1 and what ``leaning`` and ``titled`` add."""

    other_slot: Share = param(0.5, "Worth of a match at another time of the day than wanted.", unit="share")
    leaning: float = param(
        0.2, "Worth added where a provider does what it likes best.", unit="1", ge=0.0, le=10.0
    )
    titled: float = param(
        0.1,
        "Worth added to a match that is acceptable without it where the provider has a title; of a group, "
        "for its teacher and its room each.",
        unit="1",
        ge=0.0,
        le=10.0,
    )
    distance: float = param(0.5, "Worth lost on the way.", unit="per km", ge=0.0, le=100.0)
    urgency: float = param(
        0.3, "Worth added to a want that is about to be over, none to a new one.", unit="1", ge=0.0, le=10.0
    )
    acceptable: float = param(
        0.3, "Least worth, urgency aside, at which both sides agree to be matched.", unit="1", gt=0.0, le=10.0
    )


class AfterSchool(Part):
    """After-school care (课后托管): teacher, room and stationery for a group at one time, or nothing."""

    least: int = param(3, "Fewest children of a group.", unit="children", ge=1, le=100)
    most: int = param(10, "Most children that one teacher looks after.", unit="children", ge=1, le=100)

    @model_validator(mode="after")
    def _order(self) -> "AfterSchool":
        if self.least > self.most:
            raise Misplaced(("least",), not_above("least", self.least, "most", self.most), ("most",))
        return self


class Resources(Part):
    """Lists and matching. ``wants``, ``offers`` and ``free`` are fate; everything else is policy."""

    wants: Wants = Wants()
    offers: Offers = Offers()
    free: Free = Free()
    meets: Meets = Meets()
    lists: bool = param(
        True,
        "Lists are made; else wants are met by word of mouth only.",
        unit="yes or no",
        source=SOURCE_TEXT,
    )
    every: Literal["quarterly", "monthly", "continuous"] = param(
        "quarterly",
        "How often both lists are gathered and matched; continuous is every week.",
        unit="choice",
        source=SOURCE_TEXT,
    )
    word_of_mouth: Share = param(
        0.05,
        "Probability that somebody asks around among neighbours and takes the first that is acceptable, "
        "lists or none; not for after-school care.",
        unit="share of wants",
    )
    surveys: Surveys = Surveys()
    choosing: Choosing = Choosing()
    arranging: Arranging = Arranging()
    after_school: AfterSchool = AfterSchool()
