"""What a run costs, with the homes of a real layout counted; and refusing what would cost too much."""

import os
from collections.abc import Iterable
from functools import lru_cache

from scenarios import check_cost, estimate
from scenarios.community import Community
from scenarios.cost import Cost, mean_household
from scenarios.schema import Scenario


def residents_of(scenario: Scenario) -> float | None:
    """Residents of a real layout; None where the scenario itself says how many there are.

    Raises:
        LayoutError: the layout cannot be used.
    """
    community = scenario.community
    if community.layout is None:
        return None
    try:
        there = os.stat(community.layout)
    except (OSError, ValueError):  # ValueError: a NUL in the name
        version = None
    else:
        version = there.st_mtime_ns, there.st_size, there.st_ino
    return _households(community, version) * mean_household(scenario)


@lru_cache(maxsize=64)
def _households(community: Community, _version: tuple[int, int, int] | None) -> int:
    """Households of a layout, read once for each version of its file: several checks ask in a row."""
    from simulation.community.layout import layout_households

    return layout_households(community)


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
