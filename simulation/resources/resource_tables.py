"""The tables of lists and matching: each want and offer, each round of the lists, each group of children."""

from math import inf
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.known import known
from simulation.resources.listing import CHANNELS
from simulation.resources.offers import OFFERS
from simulation.resources.resources import Resources
from simulation.resources.wants import SLOTS, WANTS

PARTS = ("teacher", "room", "stationery", "children")
"""What a group of after-school care can lack."""
LISTS = {"hour": "float64", "community": "int64", "chosen": "string"}
LISTS |= dict.fromkeys(("wants", "wants_listed", "offers", "offers_listed", "singles", "bundles"), "int64")
LISTS |= {"listed_d": "Float64", "worth": "float64"}
SLOT_NAMES = np.array([*SLOTS, None], dtype=object)
"""The last stands for any time of the day."""


def resource_tables(resources: Resources) -> dict[str, pd.DataFrame]:
    """The tables ``resources``, ``lists`` and ``bundles``."""
    return {
        "resources": pd.concat((_wants(resources), _offers(resources)), ignore_index=True),
        "lists": pd.DataFrame(resources.rounds, columns=list(LISTS)).astype(LISTS),
        "bundles": _bundles(resources),
    }


def _wants(resources: Resources) -> pd.DataFrame:
    wants, people, listing = resources.wants, resources.state.population, resources.listing
    now = resources.state.agenda.now
    rows = int(np.searchsorted(wants.arose, now))
    household = people.household[wants.resident[:rows]]
    met = resources.held[:rows] < inf
    state = np.where(met, "met", np.where(wants.expires[:rows] <= now, "over", "open"))
    offer = resources.offer[:rows]
    nobody = offer < 0
    return pd.DataFrame(
        {
            "kind": _texts(np.full(rows, "want", dtype=object)),
            "id": np.arange(rows),
            "type": _texts(np.array(WANTS, dtype=object)[wants.kind[:rows]]),
            "provider": pd.array([pd.NA] * rows, dtype="Int64"),
            "household": pd.array(household, dtype="Int64"),
            "building": people.household_building[household].astype(np.int64),
            "community": people.building_community[people.household_building[household]].astype(np.int64),
            "places": np.ones(rows, dtype=np.int64),
            "given": met.astype(np.int64),
            "slot": _texts(SLOT_NAMES[wants.slot[:rows]]),
            "arose_h": wants.arose[:rows],
            "listed_h": known(listing.wants[:rows]),
            "expires_h": wants.expires[:rows],
            "channel": _texts(_channel(listing.want_channel[:rows])),
            "matched_with": pd.arrays.IntegerArray(offer.copy(), nobody),
            "matched_h": known(resources.matched[:rows]),
            "held": pd.arrays.BooleanArray(met.copy(), nobody),
            "bundle": pd.arrays.IntegerArray(resources.bundle[:rows].copy(), resources.bundle[:rows] < 0),
            "loss": known(resources.loss[:rows]),
            "state": _texts(state.astype(object)),
        }
    )


def _offers(resources: Resources) -> pd.DataFrame:
    offers, are, listing = resources.offers, resources.state.fate.providers, resources.listing
    people, now = resources.state.population, resources.state.agenda.now
    rows = int(np.searchsorted(offers.arose, now))
    provider = offers.provider[:rows]
    resident = are.resident[provider]
    given = resources.given[:rows]
    state = np.where(given > 0, "given", np.where(offers.expires[:rows] <= now, "over", "open"))
    none = np.ones(rows, dtype=np.bool_)
    return pd.DataFrame(
        {
            "kind": _texts(np.full(rows, "offer", dtype=object)),
            "id": np.arange(rows),
            "type": _texts(np.array(OFFERS, dtype=object)[offers.kind[:rows]]),
            "provider": pd.array(provider, dtype="Int64"),
            "household": pd.arrays.IntegerArray(people.household[resident].astype(np.int64), resident < 0),
            "building": are.building[provider].astype(np.int64),
            "community": are.community[provider].astype(np.int64),
            "places": offers.places[:rows].astype(np.int64),
            "given": given.astype(np.int64),
            "slot": _texts(SLOT_NAMES[offers.slot[:rows]]),
            "arose_h": offers.arose[:rows],
            "listed_h": known(listing.offers[:rows]),
            "expires_h": offers.expires[:rows],
            "channel": _texts(_channel(listing.offer_channel[:rows])),
            "matched_with": pd.arrays.IntegerArray(np.zeros(rows, dtype=np.int64), none),
            "matched_h": pd.arrays.FloatingArray(np.zeros(rows), none.copy()),
            "held": pd.arrays.BooleanArray(np.zeros(rows, dtype=np.bool_), none.copy()),
            "bundle": pd.arrays.IntegerArray(np.zeros(rows, dtype=np.int64), none.copy()),
            "loss": pd.arrays.FloatingArray(np.zeros(rows), none.copy()),
            "state": _texts(state.astype(object)),
        }
    )


def _bundles(resources: Resources) -> pd.DataFrame:
    rows = [
        {
            "bundle": number,
            "community": group.community,
            "hour": group.hour,
            "slot": SLOTS[group.slot],
            "children": group.children,
            **{f"lacks_{part}": part in group.lacks for part in PARTS},
            "teacher": group.bundle and group.bundle.teacher,
            "room": group.bundle and group.bundle.room,
            "stationery": group.bundle and group.bundle.stationery,
            "refused_by": group.refused_by,
            "done_h": group.done_h,
        }
        for number, group in enumerate(resources.groups)
    ]
    types = dict.fromkeys(("bundle", "community"), "int64") | {"hour": "float64", "slot": "string"}
    types |= {"children": "int64"} | {f"lacks_{part}": "bool" for part in PARTS}
    types |= dict.fromkeys(("teacher", "room", "stationery"), "Int64")
    types |= {"refused_by": "string", "done_h": "Float64"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def _channel(channel: NDArray[np.int8]) -> NDArray[Any]:
    return np.array([None, *CHANNELS[1:]], dtype=object)[channel]


def _texts(values: NDArray[Any]) -> pd.api.extensions.ExtensionArray:
    return pd.array(values, dtype="string")
