"""What a run costs, with the homes of a real layout counted; and refusing what would cost too much."""

from collections.abc import Iterable

from scenarios import check_cost, estimate
from scenarios.cost import Cost, mean_household
from scenarios.schema import Scenario


def residents_of(scenario: Scenario) -> float | None:
    """Residents of a real layout; None where the scenario itself says how many there are.

    Raises:
        LayoutError: the layout cannot be used.
    """
    if scenario.community.layout is None:
        return None
    from simulation.community.layout import layout_households

    return layout_households(scenario.community) * mean_household(scenario)


def cost_of(scenario: Scenario) -> Cost:
    """The size of a run.

    Raises:
        LayoutError: its layout cannot be used.
    """
    return estimate(scenario, residents_of(scenario))


def check_costs(scenarios: Iterable[Scenario]) -> None:
    """Refuse scenarios of which a run would cost more than they allow.

    Raises:
        TooLargeError: with the first of them.
    """
    for scenario in scenarios:
        check_cost(scenario, residents_of(scenario))
