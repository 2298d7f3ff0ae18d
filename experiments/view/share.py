"""One visitor's share of the server: what a scenario that was made in the page may cost."""

from experiments.costs import cost_of
from experiments.view.film import MOST_RESIDENT_DAYS
from scenarios.phrases import Phrase, phrase
from scenarios.schema import Scenario

MOST_EDITED = MOST_RESIDENT_DAYS // 8
"""Residents times days of a scenario that somebody made in the page: one visitor may not take the memory of
all, whatever limits the scenario itself sets."""
MOST_RESIDENTS = 300_000
MOST_CASES = 500_000


def excess(scenario: Scenario, before: Scenario | None = None) -> Phrase | None:
    """In what a scenario would take more than one visitor's share; None where it does not.

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
            return phrase(
                "too large for the page: {amount}, where a scenario made here may have {most:,}; "
                "'gongzhi run' takes more",
                amount=_amount(amount, asked),
                most=most,
            )
    return None


def _amount(name: str, asked: float) -> Phrase:
    """So much of what a run costs."""
    if name == "residents":
        return phrase("{count:,.0f} residents", count=asked)
    if name == "resident_days":
        return phrase("residents times days make {count:,.0f}", count=asked)
    return phrase("about {count:,.0f} cases", count=asked)
