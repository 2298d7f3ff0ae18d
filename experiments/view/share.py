"""One visitor's share of the server: what a scenario that was made in the page may cost."""

from experiments.costs import cost_of
from experiments.messages import LANGUAGES, Language, say
from experiments.view.film import MOST_RESIDENT_DAYS
from scenarios.schema import Scenario

MOST_EDITED = MOST_RESIDENT_DAYS // 8
"""Residents times days of a scenario that somebody made in the page: one visitor may not take the memory of
all, whatever limits the scenario itself sets."""
MOST_RESIDENTS = 300_000
MOST_CASES = 500_000


def excess(scenario: Scenario, before: Scenario | None = None) -> dict[Language, str] | None:
    """In what a scenario would take more than one visitor's share, in both languages; None where it does not.

    Args:
        scenario: as somebody made it.
        before: what it was made of; as much as that may be taken again.
    """
    cost, had = cost_of(scenario), None
    for amount, most in (
        ("residents", MOST_RESIDENTS),
        ("resident_days", MOST_EDITED),
        ("cases", MOST_CASES),
    ):
        asked = getattr(cost, amount)
        if asked <= most:
            continue
        had = had or (None if before is None else cost_of(before))
        if had is None or asked > getattr(had, amount):
            values = {"amount": f"{asked:,.0f}", "most": f"{most:,}"}
            return {language: say(f"view_yaml_most_{amount}", language, **values) for language in LANGUAGES}
    return None
