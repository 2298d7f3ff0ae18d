"""Turns a real layout, a file of building footprints, into communities.

Households follow from floor area where the file does not give them; footprints that are too small, or hold no
home, are left out. The rest is cut into communities of about as many households as the scenario asks for:
halved across the longer side of its ground, again and again, so that communities are compact and alike.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scenarios.community import Community
from scenarios.phrases import phrase
from simulation.community.dividing import divide_evenly
from simulation.community.footprints import (
    LIMITS,
    UNKNOWN,
    Findings,
    Footprint,
    outline_of,
    read_csv,
    read_text,
    to_metres,
)
from simulation.community.geojson import read_geojson
from simulation.community.population import Floats, Ints

Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Place:
    """The buildings of one community, as columns."""

    x_m: Floats
    """Metres east of the layout's south-west corner."""
    y_m: Floats
    footprint_m2: Floats
    floors: Ints
    households: Ints
    outline: NDArray[np.object_] | None = None
    """For each building the rings of its outline in metres; None where only its area is known."""


def layout_households(community: Community) -> int:
    """Households of all communities together, from the layout or as asked; for an estimate of cost.

    Raises:
        LayoutError: the file cannot be used.
    """
    if community.layout is None:
        return community.communities * community.households
    return int(_buildings(community).households.sum())


def read_layout(community: Community) -> list[Place]:
    """The communities of a scenario's layout.

    Raises:
        LayoutError: the file cannot be used; the text lists up to 20 problems with their lines.
    """
    all_buildings = _buildings(community)
    homes = all_buildings.households.astype(np.float64)
    points = np.column_stack((all_buildings.x_m, all_buildings.y_m))
    count = max(1, int(homes.sum() / community.households + 0.5))
    parts = divide_evenly(points, homes, np.arange(len(homes)), count)
    return [_part(all_buildings, np.sort(part)) for part in parts]


def _part(place: Place, some: Longs) -> Place:
    return Place(
        x_m=place.x_m[some],
        y_m=place.y_m[some],
        footprint_m2=place.footprint_m2[some],
        floors=place.floors[some],
        households=place.households[some],
        outline=None if place.outline is None else place.outline[some],
    )


def _buildings(community: Community) -> Place:
    """All buildings of the layout that somebody lives in."""
    path, rule = Path(str(community.layout)), community.buildings
    findings = Findings(str(path))
    footprints, degrees = _footprints(path, findings)
    findings.close()
    if not footprints:
        raise findings.fatal(phrase("has no footprints"))
    x_m, y_m = to_metres(footprints, degrees, findings)
    footprint = np.array([one.footprint_m2 for one in footprints])
    floors = np.floor(np.array([one.floors for one in footprints]) + 0.5)
    given = np.array([one.households for one in footprints])
    estimate = np.floor(footprint * floors / rule.home_area * rule.occupied + 0.5)
    homes = np.where(given == UNKNOWN, estimate, np.floor(given + 0.5))
    large = footprint >= rule.min_footprint
    lived_in = large & (homes >= 1.0)
    if not lived_in.any():
        raise findings.fatal(
            phrase(
                "nobody lives in any of its {count} footprints: {small} are below "
                "community.buildings.min_footprint ({least:g} m2), the others hold no occupied home",
                count=len(homes),
                small=np.count_nonzero(~large),
                least=rule.min_footprint,
            )
        )
    most = LIMITS["households"][1]
    for number in np.flatnonzero(lived_in & (homes > most)).tolist():
        one = footprints[number]
        findings.add(
            one.line,
            one.path,
            phrase(
                "has {count:,.0f} households by its floor area; a building may have {most:,.0f}",
                count=homes[number],
                most=most,
            ),
        )
    findings.close()
    outline = _outlines(footprints, x_m, y_m)
    return Place(
        x_m=x_m[lived_in],
        y_m=y_m[lived_in],
        footprint_m2=footprint[lived_in],
        floors=floors[lived_in].astype(np.int32),
        households=homes[lived_in].astype(np.int32),
        outline=None if outline is None else outline[lived_in],
    )


def _outlines(footprints: list[Footprint], x_m: Floats, y_m: Floats) -> NDArray[np.object_] | None:
    if not footprints[0].rings:
        return None
    middle = float(np.median([one.north for one in footprints]))
    outlines = np.empty(len(footprints), dtype=np.object_)
    for number, one in enumerate(footprints):
        outlines[number] = outline_of(one, float(x_m[number]), float(y_m[number]), middle)
    return outlines


def _footprints(path: Path, findings: Findings) -> tuple[list[Footprint], bool]:
    """The footprints of a file, and whether they stand in degrees."""
    text = read_text(path, findings)
    if path.suffix.lower() in {".json", ".geojson"} or text.lstrip()[:1] == "{":
        return read_geojson(text, findings), True
    return read_csv(text, findings)
