"""Whether what residents want is given: each want by what became of it, groups of children, willingness."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.community.providers import KINDS
from simulation.resources.resource_tables import PARTS

Floats = NDArray[np.float64]

OUTCOMES = ("met", "neighbours", "refused", "unmatched", "unlisted", "open")
"""What became of a want: met by a match, by asking neighbours; over, and the provider who was asked did not
give, or it was on the list for nothing, or on no list; or still open at the end."""
FAILS = (*(f"lacks_{part}" for part in PARTS), *(f"fails_{part}" for part in PARTS), "begun", "groups")
"""Groups of after-school care in which each part was not on the lists, or that or not given; groups that
began, and all of them."""


def wants_by_outcome(resources: pd.DataFrame) -> Floats:
    """Number of wants by OUTCOMES; each want counts once, whatever else a table says of it."""
    wants = resources[resources["kind"] == "want"]
    met, still_open = wants["state"] == "met", wants["state"] == "open"
    by_neighbours = (wants["channel"] == "word_of_mouth").fillna(value=False)
    refused = (~wants["held"]).fillna(value=False)
    conditions = [met & by_neighbours, met, still_open, refused, wants["listed_h"].notna()]
    names = ("neighbours", "met", "open", "refused", "unmatched")
    place = np.select(
        [condition.to_numpy(dtype=bool) for condition in conditions],
        [OUTCOMES.index(name) for name in names],
        OUTCOMES.index("unlisted"),
    )
    return np.bincount(place, minlength=len(OUTCOMES)).astype(np.float64)


def shares(counts: Floats) -> Floats:
    """Counts as shares of their sum; NaN where it is 0."""
    total = counts.sum()
    return counts / total if total else np.full(len(counts), np.nan)


def groups_by_failure(bundles: pd.DataFrame) -> Floats:
    """Number of groups by FAILS; a group that lacks several parts counts for each of them."""
    lacks = {part: bundles[f"lacks_{part}"].to_numpy(dtype=bool) for part in PARTS}
    fails = {
        part: missing | (bundles["refused_by"] == part).fillna(value=False).to_numpy(dtype=bool)
        for part, missing in lacks.items()
    }
    counts = [*(some.sum() for some in (*lacks.values(), *fails.values())), bundles["done_h"].count()]
    return np.array([*counts, len(bundles)], dtype=np.float64)


def willingness_curves(willingness: pd.DataFrame, months: int) -> dict[str, Floats]:
    """Mean willingness of each kind of provider at the end of each month of the run.

    Every provider of all communities counts once; NaN where there is none, or no entry for the month.
    """
    curves = {}
    for kind in KINDS:
        own = willingness[willingness["kind"] == kind]
        month, heads = own["month"].to_numpy(dtype=np.int64), own["providers"].to_numpy(dtype=np.float64)
        weights = heads * own["willing"].to_numpy(dtype=np.float64)
        total, of = (np.bincount(month, part, minlength=months)[:months] for part in (weights, heads))
        curves[kind] = np.divide(total, of, out=np.full(months, np.nan), where=of > 0.0)
    return curves
