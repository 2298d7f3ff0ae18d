"""The whole scenario: what a YAML file may say."""

from datetime import date
from typing import Self

from pydantic import model_validator

from scenarios.cases import Cases, Desks, Handler, Name, Title, shipped_handlers
from scenarios.community import Community
from scenarios.notices import Notices
from scenarios.people import Hub, Minutes, Patrol, Satisfaction
from scenarios.units import SOURCE_TEXT, Part, param


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


class Limits(Part):
    """How large a run may be before it is refused; raise on purpose."""

    resident_days: float = param(
        5e8,
        "Residents times days of one run.",
        unit="resident-days",
        source="about 1.4 million residents for a year",
        gt=0.0,
    )


class Scenario(Part):
    """What is asked of the model.

    Fate follows from ``days``, ``start``, ``community``, the kinds of trouble in ``cases.categories``
    and the notices issued; everything else is policy and leaves fate as it is.
    """

    title: Title | str = param(
        ..., "Name in tables and figures: one text, or one in each language.", unit="text"
    )
    asks: Title | str = param("", "What the scenario asks, in a sentence.", unit="text")
    days: int = param(365, "Length of the run.", unit="days", ge=1, le=3660)
    start: date = param(
        date(2025, 1, 1),
        "First day; decides weekdays and Chinese working days.",
        unit="date",
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
    satisfaction: Satisfaction = Satisfaction()
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _handlers_exist(self) -> Self:
        for name, category in self.cases.categories.items():
            if category.handler not in self.handlers:
                known = ", ".join(sorted(self.handlers))
                raise ValueError(
                    f"cases.categories.{name}.handler: no handler is called '{category.handler}'; "
                    f"there are: {known}"
                )
        return self
