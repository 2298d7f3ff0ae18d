"""Where a run takes place and who has a role in it: what the page needs once, before any reel."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.working_time import ROLES
from experiments.figures.maps import grid_bounds
from experiments.messages import titles_of
from experiments.view.reel import STATES, WORK
from scenarios.community import Community
from simulation.community.layout import read_layout
from simulation.community.population import Floats
from simulation.fate import AUDIENCES
from simulation.model import CommunityModel
from simulation.satisfaction.evening import CAUSES
from simulation.trails import STEPS


def describe_place(model: CommunityModel) -> dict[str, Any]:
    """The place of a run as plain data.

    Metres are east and north of the layout's south-west corner. A building without an outline is drawn as a
    square of its footprint.
    """
    scenario, people = model.asked, model.state.population
    organisation = model.state.organisation
    first_home = people.households_from[:-1]
    return {
        "title": titles_of(scenario.title),
        "asks": titles_of(scenario.asks),
        "seed": model.seed,
        "days": scenario.days,
        "start": scenario.start.isoformat(),
        "residents": people.residents,
        "buildings": {
            "x": np.round(people.x_m, 1).tolist(),
            "y": np.round(people.y_m, 1).tolist(),
            "side": np.round(np.sqrt(people.footprint_m2), 1).tolist(),
            "floors": people.floors.tolist(),
            "first_home": people.households_from.tolist(),
            "residents": np.diff(people.residents_from[people.households_from]).tolist(),
            "community": people.building_community.tolist(),
            "outline": _outlines(scenario.community),
            "grid": organisation.household_grid[first_home].tolist(),
        },
        "bounds": _bounds(people.x_m, people.y_m, organisation.household_grid[first_home]),
        "actors": _actors(model),
        "categories": [titles_of(category.title) for category in scenario.cases.categories.values()],
        "states": list(STATES),
        "steps": list(STEPS),
        "roles": list(ROLES),
        "audiences": list(AUDIENCES),
        "causes": list(CAUSES),
        "activities": list(WORK),
        "warnings": [titles_of(warning) for warning in organisation.warnings],
    }


def _outlines(community: Community) -> list[list[list[list[float]]]] | None:
    """For each building the rings of its outline; None where the layout says nothing of them."""
    if community.layout is None:
        return None
    rings = [
        one for place in read_layout(community) for one in (() if place.outline is None else place.outline)
    ]
    return [[np.round(ring, 1).tolist() for ring in outline] for outline in rings] or None


def _bounds(x_m: Floats, y_m: Floats, grid: NDArray[np.int32]) -> list[list[float]]:
    """[x, y, x, y] of the ends of each line between grids."""
    if len(x_m) < 2 or len(np.unique(grid)) < 2:
        return []
    return [np.round(line.ravel(), 1).tolist() for line in grid_bounds(x_m, y_m, grid)]


def _actors(model: CommunityModel) -> dict[str, list[int]]:
    """Role, number within it, and home of everybody with a role; -1 for those from outside."""
    roster, people = model.state.roster, model.state.population
    role = roster.role
    number = np.zeros(len(role), dtype=np.int64)
    for kind in np.unique(role):
        mine = role == kind
        number[mine] = np.arange(int(mine.sum()))
    lives_here = roster.person < people.residents
    building = np.full(len(role), -1)
    building[lives_here] = people.household_building[people.household[roster.person[lives_here]]]
    return {"role": role.tolist(), "number": number.tolist(), "building": building.tolist()}
