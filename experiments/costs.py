"""Refusing what would cost too much, before anything is built."""

from collections.abc import Iterable

from scenarios import check_cost
from scenarios.cost import mean_household
from scenarios.schema import Scenario


def check_costs(scenarios: Iterable[Scenario]) -> None:
    """Refuse scenarios of which a run would cost more than they allow.

    Raises:
        TooLargeError: with the first of them.
    """
    for scenario in scenarios:
        residents = None
        if scenario.community.layout is not None:
            from simulation.layout import layout_households

            residents = layout_households(scenario.community) * mean_household(scenario)
        check_cost(scenario, residents)
