"""Grids under both caps, compact and even, each with the order of its patrol.

A community is halved across the longer side of its ground until every part keeps the caps: where too many
households are the reason, so that the parts have even households; where too wide a ground is, at its middle.
A building above the household cap comes in pieces of consecutive households. The area of a grid is the
rectangle, along the axes, around the footprints of its buildings, each taken as a square.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from scenarios.cases import Title
from scenarios.community import Grid
from simulation.community.dividing import Members, cut, cut_in_the_middle, divide
from simulation.community.misfits import misfit
from simulation.community.population import Floats, Ints, Population

SOURCE_HOUSEHOLDS, SOURCE_AREA = 300, 0.5
"""The source text's own caps, households and km2; wider ones are allowed with a warning."""
SLACK = 1e-9
"""Room for rounding, in km2."""


@dataclass(frozen=True, slots=True)
class Grids:
    """The grids; fields as in :class:`simulation.community.population.Organisation`."""

    household_grid: Ints
    grid_community: Ints
    grid_area_km2: Floats
    grid_buildings_from: Ints
    grid_buildings: Ints
    warnings: list[Title]


@dataclass(frozen=True, slots=True)
class _Units:
    """Buildings, or pieces of buildings above the household cap, U of them, in order of their households."""

    building: NDArray[np.intp]
    households: Floats
    points: Floats
    """(U, 2) centres, in metres."""
    half: Floats
    """(U,) half the width of the footprint, in metres."""


def form_grids(population: Population, rule: Grid) -> Grids:
    """Divide every community into grids."""
    units = _units(population, rule.max_households)
    first_unit = np.searchsorted(units.building, population.buildings_from)
    grid_of_unit = np.zeros(len(units.building), dtype=np.int32)
    communities: list[int] = []
    areas: list[float] = []
    routes: list[NDArray[np.intp]] = []

    def halve(members: Members) -> tuple[Members, Members] | None:
        return _halve(units, members, rule)

    for community in range(population.communities):
        for members in divide(np.arange(*first_unit[community : community + 2]), halve):
            grid_of_unit[members] = len(communities)
            communities.append(community)
            areas.append(_area(units, members))
            routes.append(_route(units, members))
    return Grids(
        household_grid=np.repeat(grid_of_unit, units.households.astype(np.int64)),
        grid_community=np.array(communities, dtype=np.int32),
        grid_area_km2=np.array(areas),
        grid_buildings_from=np.cumsum([0, *(len(route) for route in routes)], dtype=np.int32),
        grid_buildings=np.concatenate(routes).astype(np.int32),
        warnings=_warnings(rule, units, np.array(areas)),
    )


def _units(population: Population, most: int) -> _Units:
    households = np.diff(population.households_from)
    pieces = -(-households // most)
    building = np.repeat(np.arange(population.buildings), pieces)
    piece = np.arange(len(building)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    homes = households[building].astype(np.int64)
    ends = [homes * (piece + more) // pieces[building] for more in (0, 1)]
    return _Units(
        building=building,
        households=(ends[1] - ends[0]).astype(np.float64),
        points=np.column_stack((population.x_m, population.y_m))[building],
        half=np.sqrt(population.footprint_m2)[building] / 2.0,
    )


def _halve(units: _Units, members: Members, rule: Grid) -> tuple[Members, Members] | None:
    """Halve a part that breaks a cap; None where it keeps both, or cannot be cut further."""
    households, area, most = units.households[members].sum(), _area(units, members), rule.max_households
    if (households <= most and area <= rule.max_area + SLACK) or len(members) == 1:
        return None
    by_households, by_area = ceil(households / most), ceil(area / rule.max_area)
    halves = cut_in_the_middle(units.points, members) if by_area > by_households else None
    if halves is not None or households <= most:
        return halves
    for parts in range(by_households, 2 * len(members) + 1):
        first, second = parts // 2, parts - parts // 2
        target, least = households * first / parts, households - most * second
        halves = cut(units.points, units.households, members, target, least, most * first)
        if halves is not None:
            break
    return halves


def _area(units: _Units, members: Members) -> float:
    points, half = units.points[members], units.half[members][:, np.newaxis]
    sides = (points + half).max(axis=0) - (points - half).min(axis=0)
    return float(sides[0] * sides[1]) / 1e6


def _route(units: _Units, members: Members) -> NDArray[np.intp]:
    """The buildings of a grid in the order of a patrol: from the south-west always on to the nearest left."""
    units_of_building = np.unique(units.building[members], return_index=True)
    left, points = units_of_building[0], units.points[members][units_of_building[1]]
    here = points.min(axis=0)
    route = np.empty(len(left), dtype=np.intp)
    for step in range(len(route)):
        away = points - here
        nearest = int((away * away).sum(axis=1).argmin())
        route[step] = left[nearest]
        here = points[nearest].copy()
        left[nearest], points[nearest] = left[-1], points[-1]
        left, points = left[:-1], points[:-1]
    return route


def _warnings(rule: Grid, units: _Units, areas: Floats) -> list[Title]:
    warnings = []
    if rule.max_households > SOURCE_HOUSEHOLDS:
        warnings.append(misfit("more_households", most=rule.max_households, rule=SOURCE_HOUSEHOLDS))
    if rule.max_area > SOURCE_AREA:
        warnings.append(misfit("larger_area", most=rule.max_area, rule=SOURCE_AREA))
    divided = len(np.unique(units.building[1:][units.building[1:] == units.building[:-1]]))
    if divided:
        warnings.append(
            misfit("divided", some=divided, all=int(units.building[-1]) + 1, most=rule.max_households)
        )
    wide = int(np.count_nonzero(areas > rule.max_area + SLACK))
    if wide:
        warnings.append(misfit("wide_building", some=wide, all=len(areas), most=rule.max_area))
    return warnings
