"""Reads building footprints from GeoJSON (RFC 7946): Polygon and MultiPolygon features with floors.

Floors come from the property ``floors``, ``levels`` or OpenStreetMap's ``building:levels``, households from
``households`` where it is given. Areas and centroids follow from the rings, projected around the building.
"""

import json
from typing import Any, NoReturn

import numpy as np

from scenarios.phrases import phrase
from simulation.community.footprints import (
    LIMITS,
    METRES_PER_DEGREE,
    MOST_FOOTPRINTS,
    UNKNOWN,
    Findings,
    Footprint,
    shown,
)
from simulation.community.population import Floats

FLOORS = ("floors", "levels", "building:levels")
"""Properties that give floors, the first one found."""
MOST_VALUES = 10_000_000
"""Values, lists and objects in a file; bounds the memory that parsing takes."""


class GeometryError(ValueError):
    """A geometry is not a footprint; the text says why."""


def read_geojson(text: str, findings: Findings) -> list[Footprint]:
    """The footprints of a GeoJSON file, in degrees."""
    collection = _parse(text, findings)
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise findings.fatal(phrase("is not a GeoJSON FeatureCollection: it has no list 'features'"))
    if len(features) > MOST_FOOTPRINTS:
        said = phrase(
            "has {count:,} features; a layout may have {most:,}", count=len(features), most=MOST_FOOTPRINTS
        )
        raise findings.fatal(said)
    read = [_feature(feature, f"features[{number}]", findings) for number, feature in enumerate(features)]
    return [footprint for footprint in read if footprint is not None]


def _parse(text: str, findings: Findings) -> Any:
    if sum(map(text.count, "[{,")) > MOST_VALUES:
        raise findings.fatal(
            phrase("has more than {most:,} values; cut it into several layouts", most=MOST_VALUES)
        )

    def refuse(word: str) -> NoReturn:
        raise findings.fatal(phrase("is not proper JSON: it holds {word}, which is not a number", word=word))

    try:
        return json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise findings.fatal(
            phrase("is not proper JSON: something is missing or too much here"), error.lineno
        ) from error
    except RecursionError as error:
        raise findings.fatal(phrase("is nested too deeply to be GeoJSON")) from error
    except ValueError as error:  # an integer of thousands of digits
        raise findings.fatal(phrase("holds a number of too many digits")) from error


def _feature(feature: Any, path: str, findings: Findings) -> Footprint | None:
    """One feature as a footprint; None, and the problems noted, where it is not one."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict) or not isinstance(properties, dict):
        findings.add(None, path, phrase("must be a Feature with a geometry and properties"))
        return None
    key = next((key for key in FLOORS if properties.get(key) is not None), None)
    if key is None:
        findings.add(None, f"{path}.properties", phrase("must have one of {names}", names=tuple(FLOORS)))
        floors = None
    else:
        floors = findings.number(properties[key], "floors", None, f"{path}.properties.{key}")
    homes: float | None = UNKNOWN
    if properties.get("households") is not None:
        place = f"{path}.properties.households"
        homes = findings.number(properties["households"], "households", None, place)
    try:
        rings = _rings(geometry)
        area, east, north = _measure(rings)
    except GeometryError as error:
        findings.add(None, f"{path}.geometry", error.args[0])
        return None
    footprint = findings.number(round(area, 3), "footprint_m2", None, f"{path}.geometry: area in m2")
    if floors is None or homes is None or footprint is None:
        return None
    outline = tuple(ring for _, ring in rings)
    return Footprint(None, path, east, north, floors, footprint, homes, outline)


def _rings(geometry: dict[str, Any]) -> list[tuple[float, Floats]]:
    """The rings of a geometry, with 1 for what they enclose and -1 for holes."""
    kind, polygons = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon":
        polygons = [polygons]
    elif kind != "MultiPolygon":
        raise GeometryError(phrase("{value} must be Polygon or MultiPolygon", value=shown(kind)))
    if not isinstance(polygons, list) or not polygons:
        raise GeometryError(phrase("must have coordinates"))
    rings = []
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise GeometryError(phrase("each polygon must be a list of rings"))
        rings += [(1.0 if number == 0 else -1.0, _ring(ring)) for number, ring in enumerate(polygon)]
    return rings


def _measure(rings: list[tuple[float, Floats]]) -> tuple[float, float, float]:
    """Area in square metres, and the centroid's longitude and latitude."""
    origin = rings[0][1][0]
    scale = np.array([np.cos(np.radians(origin[1])), 1.0]) * METRES_PER_DEGREE
    area, moment = 0.0, np.zeros(2)
    for sign, ring in rings:
        here = (ring - origin) * scale
        there = np.roll(here, -1, axis=0)
        cross = here[:, 0] * there[:, 1] - there[:, 0] * here[:, 1]
        turn = sign if cross.sum() >= 0.0 else -sign
        area += turn * float(cross.sum()) / 2.0
        moment += turn * ((here + there) * cross[:, np.newaxis]).sum(axis=0) / 6.0
    if area <= 0.0:
        raise GeometryError(phrase("encloses no area"))
    east, north = (origin + moment / area / scale).tolist()
    return area, east, north


def _ring(ring: Any) -> Floats:
    """The corners of a ring in degrees."""
    if not isinstance(ring, list) or len(ring) < 4:
        raise GeometryError(
            phrase("each ring must be a list of four positions or more, the last like the first")
        )
    for position in ring:
        if not isinstance(position, list) or len(position) < 2:
            raise GeometryError(
                phrase("{value} must be a position [longitude, latitude]", value=shown(position))
            )
        for name, value in zip(("lon", "lat"), position, strict=False):
            least, most = LIMITS[name]
            if type(value) not in {int, float} or not least <= value <= most:
                raise GeometryError(
                    phrase(
                        "{value} must be a {name} from {least:g} to {most:g}",
                        value=shown(value),
                        name=name,
                        least=least,
                        most=most,
                    )
                )
    return np.array([position[:2] for position in ring], dtype=np.float64)
