"""Residents' troubles: how they arise (fate) and how the loop from finding to feedback works (policy)."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator

from scenarios.distributions import Exponential, Lognormal, Time
from scenarios.phrases import phrase
from scenarios.units import (
    CHOICE,
    FATE,
    SOURCE_TEXT,
    WHOLE_RUN,
    ClockTime,
    Duration,
    Misplaced,
    Part,
    Share,
    must_follow,
    param,
    write_clock,
)

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$", max_length=40)]


class Title(Part):
    """A text in both languages."""

    fixed = WHOLE_RUN

    en: str = param(..., "In English.", unit="text", max_length=400)
    zh: str = param(..., "In Simplified Chinese.", unit="text", max_length=400)


def _mapping_or_word(value: object) -> str | None:
    """Which of two ways of writing was meant, so that a mistake is judged by one rule, not by both."""
    if isinstance(value, dict | Part):
        return "mapping"
    return "word" if isinstance(value, str) else None


Text = Annotated[
    Annotated[Title, Tag("mapping")] | Annotated[str, Field(max_length=400), Tag("word")],
    Discriminator(_mapping_or_word),
]
"""A text: one for all readers, or one in each language."""


class Category(Part):
    """One kind of trouble."""

    title: Text = param(
        ..., "Name in figures: one text, or one in each language.", unit="text", fixed=WHOLE_RUN
    )
    handler: Name = param(..., "Handler that has to solve it; others may refuse.", unit="name in handlers")
    rate: float = param(
        ...,
        "Troubles per 1,000 households and year at middling building condition.",
        unit="per 1,000 households and year",
        fixed=FATE,
        ge=0.0,
        le=1e6,
    )
    follows_condition: float = param(
        0.0,
        "How much building condition counts: the rate is multiplied by 1 + this x (1 - 2 x condition).",
        unit="1",
        fixed=FATE,
        ge=0.0,
        le=1.0,
    )
    follows_surroundings: Share = param(
        0.0, "Share of these troubles that a clean-up of the surroundings keeps away at first.", unit="share"
    )
    hour_of_week: tuple[Annotated[float, Field(ge=0.0, le=1e9)], ...] | None = param(
        None,
        "Relative frequency of the 168 hours of a week from Monday 0:00; evenly where null.",
        unit="relative",
        fixed=FATE,
        min_length=168,
        max_length=168,
    )
    in_common_parts: Share = param(
        0.0, "Share that strikes a whole building, not one household.", unit="share", fixed=FATE
    )
    visible: Share = param(
        0.0, "Probability that one passing patrol sees it, where it strikes common parts.", unit="share"
    )
    willing: Share = param(0.6, "Probability that a resident of full trust reports it unasked.", unit="share")
    report_after: Time = param(
        Exponential(mean=48.0), "Time until a willing resident reports.", unit="duration"
    )
    ambiguous: Share = param(0.1, "Share whose kind or owner is not obvious.", unit="share")
    service: Time = param(..., "Working time of one attempt at solving it.", unit="duration")
    solved: Share = param(0.9, "Probability that one attempt solves it.", unit="share")
    on_the_spot: Share = param(
        0.0, "Probability that the patrol that finds it solves it at once.", unit="share"
    )
    deadline: Duration = param(..., "Time from upload within which it should be closed.", unit="duration")
    fades: Duration | None = param(
        None,
        "A trouble that nobody has found, or that is left unsolved, goes away after this; never where null.",
        unit="duration",
    )
    weight: float = param(1.0, "How much it weighs on those it strikes.", unit="1", ge=0.0, le=10.0)

    @model_validator(mode="after")
    def _only_common_parts_are_seen(self) -> "Category":
        if self.visible > 0.0 and self.in_common_parts == 0.0:
            raise Misplaced(
                ("visible",),
                phrase(
                    "visible ({visible:g}) does nothing where in_common_parts is 0: a patrol sees common "
                    "parts only, not what is behind a home's door",
                    visible=self.visible,
                ),
                ("in_common_parts",),
            )
        return self


def _shipped_categories() -> dict[str, Category]:
    return {
        "conflict": Category(
            title=Title(en="Conflict", zh="邻里矛盾"),
            handler="mediation",
            rate=33.0,
            willing=0.45,
            report_after=Exponential(mean=120.0),
            ambiguous=0.15,
            service=Lognormal(median=5.0, sigma=0.8),
            solved=0.5,
            on_the_spot=0.05,
            deadline=168.0,
            fades=1440.0,
            weight=1.5,
        ),
        "damage": Category(
            title=Title(en="Damage", zh="设施损坏"),
            handler="maintenance",
            rate=380.0,
            follows_condition=0.8,
            follows_surroundings=0.1,
            in_common_parts=0.4,
            visible=0.3,
            willing=0.7,
            report_after=Exponential(mean=48.0),
            ambiguous=0.08,
            service=Lognormal(median=2.0, sigma=1.0),
            solved=0.88,
            on_the_spot=0.17,
            deadline=72.0,
            fades=2880.0,
            weight=1.0,
        ),
        "question": Category(
            title=Title(en="Policy question", zh="政策疑问"),
            handler="service_centre",
            rate=90.0,
            visible=0.0,
            willing=0.7,
            report_after=Exponential(mean=72.0),
            ambiguous=0.1,
            service=Lognormal(median=0.4, sigma=0.6),
            solved=0.92,
            on_the_spot=0.17,
            deadline=48.0,
            fades=720.0,
            weight=0.5,
        ),
        "other": Category(
            title=Title(en="Other", zh="其他"),
            handler="service_centre",
            rate=120.0,
            in_common_parts=0.3,
            follows_surroundings=0.5,
            visible=0.15,
            willing=0.6,
            report_after=Exponential(mean=72.0),
            ambiguous=0.25,
            service=Lognormal(median=1.5, sigma=0.9),
            solved=0.8,
            on_the_spot=0.17,
            deadline=120.0,
            fades=2160.0,
            weight=0.7,
        ),
    }


class Reporting(Part):
    """How a trouble gets from a resident to somebody who can pass it on."""

    to_face: float = param(
        1.5,
        "Willingness to tell a visitor face to face, over that to report unasked.",
        unit="ratio",
        ge=0.0,
        le=10.0,
    )
    to_centre: Share = param(
        0.5,
        "Share of willing residents who turn to their centre household first, where there is one.",
        unit="share",
    )
    app: bool = param(
        True, "Residents with a smartphone can report by app.", unit="yes or no", source=SOURCE_TEXT
    )
    by_app: Share = param(0.6, "Share of smartphone users who report by app, not by telephone.", unit="share")
    phone_from: ClockTime = param(8.5, "The telephone is answered from.", unit="time of day")
    phone_until: ClockTime = param(17.5, "The telephone is answered until.", unit="time of day")
    listen: Duration = param(5 / 60, "Hearing one trouble out.", unit="duration", le=8.0)
    upload: Duration = param(3 / 60, "Uploading one trouble by app.", unit="duration", le=8.0)
    fix: Duration = param(15 / 60, "Putting one trouble right on the spot.", unit="duration", le=8.0)
    pass_up: Duration = param(
        5 / 60, "Passing one trouble up one tier by telephone.", unit="duration", le=8.0
    )
    tier_delay: Time = param(Exponential(mean=2.0), "Wait at each tier on the way up.", unit="duration")
    everything_reported: bool = param(
        False,
        "Every trouble stands on the list the moment it arises, whoever trusts whom: for rates that were "
        "fitted to a log of real cases, which holds only what was reported.",
        unit="yes or no",
    )

    @model_validator(mode="after")
    def _order(self) -> "Reporting":
        if self.phone_from >= self.phone_until:
            raise Misplaced(
                ("phone_until",),
                must_follow(
                    "phone_until", write_clock(self.phone_until), "phone_from", write_clock(self.phone_from)
                ),
                ("phone_from",),
            )
        return self


class Coordination(Part):
    """What goes wrong between owners."""

    overlap: Share = param(0.3, "Probability that an ambiguous case is given to two owners.", unit="share")
    dropped: Share = param(0.3, "Probability that a refused case comes back to nobody.", unit="share")
    complain_after: Time = param(
        Exponential(mean=240.0),
        "Time until a resident complains about a case that nobody works on.",
        unit="duration",
    )
    shirk: Share = param(
        0.3, "Probability that the responsible handler refuses an ambiguous case.", unit="share"
    )
    refuse_wrong: Share = param(0.95, "Probability that a handler refuses a case of another's.", unit="share")
    handling: Duration = param(10 / 60, "Clerk's time over each refusal.", unit="duration", le=8.0)
    most_refusals: int = param(
        5,
        "Refusals after which the street office decides: whom the case belongs to gets it and takes it.",
        unit="refusals",
        ge=1,
        le=1000,
    )


class Feedback(Part):
    """Reporting back to the person who reported, and opening the case again."""

    minutes: Duration = param(8 / 60, "Calling on the reporter.", unit="duration", le=8.0)
    delay: Time = param(Exponential(mean=12.0), "Wait before the result is reported back.", unit="duration")
    notices_failure: Time = param(
        Exponential(mean=120.0),
        "Time until a resident whom nobody asks sees that it is not solved.",
        unit="duration",
    )
    most_attempts: int = param(3, "Attempts after which a case is given up.", unit="attempts", ge=1, le=100)


class Cases(Part):
    """Troubles and the closed loop around them."""

    categories: dict[Name, Category] = param(
        _shipped_categories(),
        "The kinds of trouble by name. Null takes one away from the scenario that this one extends.",
        unit="mapping",
        source="0.21 dispatched cases per resident and year (Beijing 12345, 2020); 2.3 neighbour disputes "
        "per 100 households and year come to light (oo7.cn, weak); 17 % of small cases fixed on the spot "
        "(Kunming 2024); mediation success 0.70-0.95 over all attempts (court pre-suit mediation 2024; "
        "Harbin 2003); all else assumed",
        min_length=1,
        max_length=400,
    )
    reporting: Reporting = Reporting()
    coordination: Coordination = Coordination()
    feedback: Feedback = Feedback()


class Calendar(Part):
    """When somebody works."""

    days: Literal["working", "all"] = param("working", "Chinese working days, or every day.", unit="choice")
    opens: ClockTime = param(9.0, "Work begins at this time of day.", unit="time of day")
    closes: ClockTime = param(17.5, "Work stops; what is not done goes on next time.", unit="time of day")

    @model_validator(mode="after")
    def _order(self) -> "Calendar":
        if self.opens >= self.closes:
            raise Misplaced(
                ("closes",),
                must_follow("closes", write_clock(self.closes), "opens", write_clock(self.opens)),
                ("opens",),
            )
        return self


WorkingTime = Annotated[
    Annotated[Calendar, Tag("mapping")] | Annotated[Literal["always"], Tag("word")],
    Discriminator(_mapping_or_word),
]
"""Working hours, or ``always``."""


class Handler(Part):
    """A body that solves cases."""

    title: Text = param(..., "Name in figures.", unit="text", fixed=WHOLE_RUN)
    teams: int | None = param(
        2,
        "Teams that work side by side in each community (or street); null for no limit.",
        unit="teams",
        ge=1,
        le=10000,
    )
    serves: Literal["community", "street"] = param(
        "community",
        "Whom one such body serves.",
        unit="choice",
        fixed="whom a body serves is settled before the first day",
    )
    calendar: WorkingTime = param(Calendar(), "Working hours, or 'always'.", unit="calendar")
    counted: bool = param(
        True,
        "Its hours count as staff's; false where service holds waiting too, as times fitted to a log do.",
        unit="yes or no",
        fixed=WHOLE_RUN,
        source=CHOICE,
    )


def shipped_handlers() -> dict[str, Handler]:
    """The source's three handlers."""
    return {
        "mediation": Handler(title=Title(en="Mediation committee", zh="人民调解委员会"), teams=1),
        "maintenance": Handler(
            title=Title(en="Property maintenance", zh="物业维修"),
            teams=1,
            calendar=Calendar(days="all", opens=8.0, closes=18.0),
        ),
        "service_centre": Handler(
            title=Title(en="Service centre", zh="政务服务中心"), teams=4, serves="street"
        ),
    }


class Desk(Part):
    """A place that sorts cases and sends them on."""

    dispatchers: int = param(2, "People who sort, each one case at a time.", unit="people", ge=1, le=1000)
    service: Time = param(Exponential(mean=8 / 60), "Reading a case, choosing a handler.", unit="duration")
    errs: Share = param(0.4, "Probability that an ambiguous case is sent to the wrong handler.", unit="share")
    errs_plain: Share = param(
        0.02, "Probability that a plain case is sent to the wrong handler.", unit="share"
    )
    calendar: WorkingTime = param(
        Calendar(days="all", opens=8.0, closes=20.0), "Opening hours, or 'always'.", unit="calendar"
    )


class Desks(Part):
    """The command centre, and the clerk's desk that stands in for it where it is off."""

    command_centre: Desk = Desk()
    clerk: Desk = Desk(
        dispatchers=1, service=Exponential(mean=20 / 60), errs=0.5, errs_plain=0.08, calendar=Calendar()
    )


__all__ = [
    "Calendar",
    "Cases",
    "Category",
    "Desk",
    "Desks",
    "Handler",
    "Name",
    "Text",
    "Title",
    "shipped_handlers",
]
