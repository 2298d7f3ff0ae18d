"""What a run will cost, told from the scenario alone, and the refusal of absurd sizes."""

from dataclasses import dataclass

from scenarios.errors import TooLargeError
from scenarios.phrases import phrase
from scenarios.schema import Scenario


@dataclass(frozen=True, slots=True)
class Cost:
    """The size of one run."""

    residents: float
    resident_days: float
    cases: float
    """Troubles that arise, as the rates have it at middling condition."""


def mean_household(scenario: Scenario) -> float:
    """Mean members of a household."""
    shares = scenario.community.people.household_sizes
    return sum(size * share for size, share in enumerate(shares, 1)) / sum(shares)


def estimate(scenario: Scenario, residents: float | None = None) -> Cost:
    """The size of a run.

    Args:
        scenario: what is asked.
        residents: how many there are, where a real layout decides that; else as the scenario says.
    """
    place, size = scenario.community, mean_household(scenario)
    if residents is None:
        residents = place.communities * place.households * size
    rates = sum(category.rate for category in scenario.cases.categories.values())
    cases = rates * residents / size / 1000.0 * scenario.days / 365.0
    return Cost(residents, residents * scenario.days, cases)


def check_cost(scenario: Scenario, residents: float | None = None) -> None:
    """Refuse a run above the limits of its scenario.

    Args:
        scenario: what is asked.
        residents: how many there are, where a real layout decides that; else as the scenario says.

    Raises:
        TooLargeError: saying by how much, and how to run it on purpose.
    """
    cost = estimate(scenario, residents)
    limits = scenario.limits
    days = phrase("{n:.2g} resident-days", n=cost.resident_days)
    cases = phrase("{n:.2g} troubles", n=cost.cases)
    for name, amount, limit, what in (
        ("resident_days", cost.resident_days, limits.resident_days, days),
        ("cases", cost.cases, limits.cases, cases),
    ):
        if amount > limit:
            raise TooLargeError(
                phrase(
                    "this run is too large: {residents:,.0f} residents for {days:,} days make about "
                    "{what}, {times:.3g} times limits.{name} ({limit:.3g}); make it smaller, or "
                    "run it on purpose with --set limits.{name}={above}",
                    residents=cost.residents,
                    days=scenario.days,
                    what=what,
                    times=amount / limit,
                    name=name,
                    limit=limit,
                    above=_above(amount),
                )
            )


def _above(amount: float) -> str:
    """A round number above an amount, as YAML reads it: 4.0e+9."""
    mantissa, _, exponent = f"{amount * 1.05:.1e}".partition("e")
    return f"{float(mantissa) + 0.1:.1f}e+{int(exponent)}"
