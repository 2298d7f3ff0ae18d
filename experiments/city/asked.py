"""What a city file may say."""

from typing import Any, Self

from pydantic import model_validator

from experiments.sweeps.asked import MOST_RUNS
from scenarios.cases import Text
from scenarios.phrases import phrase
from scenarios.units import CHOICE, GIVEN, Misplaced, Part, param

MOST_STREETS = 10_000


class Streets(Part):
    """One street, or several with the same settings but other people and luck."""

    count: int = param(
        1,
        "How many; more than one are called NAME-1, NAME-2 ...",
        unit="1",
        source=CHOICE,
        ge=1,
        le=MOST_STREETS,
    )
    scenario: str | None = param(
        None,
        "The scenario of these streets: a shipped one's name, or a file relative to this one; the city's "
        "``base`` where nothing is said.",
        unit="text",
        source=CHOICE,
        max_length=400,
    )
    set: dict[str, Any] = param(
        {}, "What is changed in these streets, by dotted path, beside the city's own ``set``.",
        unit="mapping", source=CHOICE,
    )  # fmt: skip


class City(Part):
    """Streets that share no people, and whose results are put together."""

    title: Text = param("", "Name in figures and the report.", unit="text", source=CHOICE)
    asks: Text = param("", "What is asked of the city, in a sentence.", unit="text", source=CHOICE)
    base: str = param(
        "street",
        "The scenario of streets that name no other: a shipped one's name, or a file relative to this one.",
        unit="text",
        source=CHOICE,
        max_length=400,
    )
    set: dict[str, Any] = param(
        {}, "What is changed in every street, by dotted path.", unit="mapping", source=CHOICE
    )
    streets: dict[str, Streets] = param(
        ..., "The streets by name.", unit="mapping", source=GIVEN, min_length=1
    )
    replications: int = param(
        10, "How often the whole city is run, each time with other luck.", unit="1", source=CHOICE,
        ge=1, le=100_000,
    )  # fmt: skip
    seed: int = param(
        1,
        "From this, a street's name and the number of the replication follows the seed of each run.",
        unit="1",
        source=CHOICE,
        ge=0,
        le=2**31,
    )
    keep: tuple[str, ...] = param(
        (), "Tables to keep of every run, beside the metrics.", unit="text", source=CHOICE, max_length=20
    )

    @model_validator(mode="after")
    def _names_and_size(self) -> Self:
        for name in self.streets:
            if not name.replace("-", "").replace("_", "").isalnum() or len(name) > 60:
                message = phrase(
                    "'{name}' is no name of a street: up to 60 letters, digits, - and _", name=name[:60]
                )
                raise Misplaced(("streets", name), message)
        count = sum(streets.count for streets in self.streets.values())
        if count > MOST_STREETS:
            raise Misplaced(
                ("streets",), phrase("{count:,} streets: at most {most:,}", count=count, most=MOST_STREETS)
            )
        if count * self.replications > MOST_RUNS:
            message = phrase(
                "{count:,} streets x {replications:,} replications: at most {most:,} runs",
                count=count,
                replications=self.replications,
                most=MOST_RUNS,
            )
            raise Misplaced(("replications",), message, ("streets",))
        return self
