"""The whole scenario: what a YAML file may say."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Self

from pydantic import model_validator

from scenarios.appraisal import Appraisal
from scenarios.cases import Cases, Desks, Handler, Name, Text, shipped_handlers
from scenarios.community import Community
from scenarios.council import Council
from scenarios.digital import Digital
from scenarios.incentives import Incentives
from scenarios.ledger import Ledger
from scenarios.names import nearest_name
from scenarios.notices import Notices
from scenarios.people import Hub, Minutes, Patrol, Satisfaction
from scenarios.phrases import hinted, phrase
from scenarios.platform import Platform
from scenarios.providers import Providers
from scenarios.resources import Resources
from scenarios.units import CHOICE, SOURCE_TEXT, WHOLE_RUN, Misplaced, Part, param


class Mechanisms(Part):
    """One switch for each mechanism; each can be turned off alone."""

    hub: bool = param(
        True,
        "A coordinator watches for overlap and for cases that nobody owns.",
        unit="switch",
        source=SOURCE_TEXT,
    )
    tiers: bool = param(
        True,
        "Street, branch, group leader and centre household pass notices down and demands up.",
        unit="switch",
        source=SOURCE_TEXT,
    )
    patrol: bool = param(True, "Grid workers walk their grid every day.", unit="switch", source=SOURCE_TEXT)
    command_centre: bool = param(
        True,
        "An app and a command centre sort and send cases; else a clerk does.",
        unit="switch",
        source=SOURCE_TEXT,
    )
    feedback: bool = param(
        True,
        "The reporter hears how the case ended and can have it opened again.",
        unit="switch",
        source=SOURCE_TEXT,
    )
    platform: bool = param(
        True,
        "Everybody keeps the status of cases on one board, which a tracker watches.",
        unit="switch",
        source=SOURCE_TEXT,
    )
    ledger: bool = param(
        True,
        "Vulnerable residents have a file each and a paired party member who calls every week.",
        unit="switch",
        source=SOURCE_TEXT,
    )
    incentives: bool = param(
        True,
        "Those who give are praised on the board, and a few get a title each year.",
        unit="switch",
        source=SOURCE_TEXT,
    )
    matching: bool = param(
        True,
        "Wants and offers on the lists are matched as well as can be; else first come, first served.",
        unit="switch",
        source=SOURCE_TEXT,
    )
    appraisal: bool = param(
        True,
        "Grid workers and handlers are scored every month, and their pay hangs on it.",
        unit="switch",
        source=SOURCE_TEXT,
    )
    council: bool = param(
        True,
        "Branch, residents, office, enterprises and NGOs meet every month about renewal and clean-ups.",
        unit="switch",
        source=SOURCE_TEXT,
    )


class Limits(Part):
    """How large a run may be before it is refused; raise on purpose."""

    fixed = WHOLE_RUN

    resident_days: float = param(
        5e8,
        "Residents times days of one run.",
        unit="resident-days",
        source=CHOICE + ": about 1.4 million residents for a year",
        gt=0.0,
        le=1e13,
    )
    cases: float = param(
        5e6,
        "Troubles that arise in one run, as their rates have it.",
        unit="troubles",
        source=CHOICE + ": ten times those of a million residents in a year",
        gt=0.0,
        le=1e11,
    )


class Change(Part):
    """What is otherwise from the start of one day on."""

    day: int = param(
        ..., "The day at whose start it holds; the first day is 0.", unit="day of the run", ge=0, le=3659
    )
    set: dict[str, Any] = param(
        ...,
        "New values by dotted path, such as patrol.part_time_days, written as elsewhere in a scenario.",
        unit="mapping",
        min_length=1,
        max_length=200,
    )


class Scenario(Part):
    """What is asked of the model.

    Fate follows from ``days``, ``start``, ``community``, the kinds of trouble in ``cases.categories``,
    ``ledger.needs.rate``, ``providers``, ``resources.wants``, ``resources.offers``, ``resources.free`` and
    the notices issued; everything else is policy and leaves fate as it is. Of policy, what is not settled
    before the first day can change midway, see :mod:`scenarios.changing`.
    """

    title: Text = param(
        ...,
        "Name in tables and figures: one text, or one in each language; the file's name where none is given.",
        unit="text",
        fixed=WHOLE_RUN,
    )
    asks: Text = param(
        "", "What the scenario asks, in a sentence.", unit="text", source=CHOICE, fixed=WHOLE_RUN
    )
    days: int = param(365, "Length of the run.", unit="days", source=CHOICE, fixed=WHOLE_RUN, ge=1, le=3660)
    start: date = param(
        date(2025, 1, 1),
        "First day; decides weekdays and Chinese working days.",
        unit="date",
        source=CHOICE,
        fixed=WHOLE_RUN,
        ge=date(2005, 1, 1),
        le=date(2090, 1, 1),
    )
    mechanisms: Mechanisms = Mechanisms()
    community: Community = Community()
    notices: Notices = Notices()
    cases: Cases = Cases()
    handlers: dict[Name, Handler] = param(
        shipped_handlers(),
        "Who solves cases, by name.",
        unit="mapping",
        source=SOURCE_TEXT,
        min_length=1,
        max_length=100,
    )
    desks: Desks = Desks()
    minutes: Minutes = Minutes()
    patrol: Patrol = Patrol()
    hub: Hub = Hub()
    platform: Platform = Platform()
    digital: Digital = Digital()
    ledger: Ledger = Ledger()
    appraisal: Appraisal = Appraisal()
    providers: Providers = Providers()
    council: Council = Council()
    incentives: Incentives = Incentives()
    resources: Resources = Resources()
    satisfaction: Satisfaction = Satisfaction()
    limits: Limits = Limits()
    changes: tuple[Change, ...] = param(
        (),
        "Rules that change midway: from the start of a day on, some values are others.",
        unit="mapping",
        source=CHOICE + "; none: the rules are the same from the first day to the last",
        fixed=WHOLE_RUN,
        max_length=100,
    )

    @model_validator(mode="after")
    def _changes_in_order(self) -> Self:
        before = -1
        for place, change in enumerate(self.changes):
            at = ("changes", place, "day")
            if change.day >= self.days:
                raise Misplaced(
                    at,
                    phrase(
                        "day ({day}) must come before the end: days is {days}", day=change.day, days=self.days
                    ),
                    ("days",),
                )
            if change.day <= before:
                raise Misplaced(
                    at,
                    phrase(
                        "day ({day}) must come after that of the entry before it ({before})",
                        day=change.day,
                        before=before,
                    ),
                )
            before = change.day
        return self

    @model_validator(mode="after")
    def _handlers_exist(self) -> Self:
        named = {name: category.handler for name, category in self.cases.categories.items()}
        for wrong in missing_handlers(named, self.handlers):
            raise wrong
        return self


def missing_handlers(named: Mapping[str, str], handlers: Collection[str]) -> list[Misplaced]:
    """Kinds of trouble whose handler the scenario does not have.

    Args:
        named: handler by kind of trouble.
        handlers: the handlers that there are.
    """
    return [
        Misplaced(
            ("cases", "categories", category, "handler"),
            hinted(
                phrase("no handler is called '{name}'", name=handler), nearest_name(handler, sorted(handlers))
            ),
            ("handlers", handler),
        )
        for category, handler in named.items()
        if handler not in handlers
    ]
