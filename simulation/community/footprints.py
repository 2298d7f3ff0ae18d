"""What a file of building footprints may hold, and how it is read from CSV.

A CSV file has a header and the columns ``lon, lat`` (degrees, WGS 84) or ``x_m, y_m`` (metres), ``floors``
and ``footprint_m2``; ``households`` too where they are known. Other columns are not looked at.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import pi
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scenarios.errors import LayoutError, Problem
from scenarios.phrases import Phrase, hinted, phrase
from simulation.community.population import Floats

MOST_BYTES, MOST_FOOTPRINTS, MOST_PROBLEMS = 64_000_000, 200_000, 20
MOST_CHARACTERS = 20_000
"""In a line of CSV."""
MOST_EXTENT = 100_000.0
"""Metres over which a layout may extend, either way."""
METRES_PER_DEGREE = 6_371_008.8 * pi / 180.0
"""Along a meridian, on a sphere of the Earth's mean radius."""
UNKNOWN = -1.0
"""Households of a footprint for which the file does not give them."""

LIMITS: dict[str, tuple[float, float]] = {
    "lon": (-180.0, 180.0),
    "lat": (-85.0, 85.0),
    "x_m": (-1e7, 1e7),
    "y_m": (-1e7, 1e7),
    "floors": (1.0, 200.0),
    "footprint_m2": (0.1, 1e6),
    "households": (0.0, 20_000.0),
}
"""Smallest and largest value of each column."""


class Footprint(NamedTuple):
    """One building of a file, and where in the file it stands."""

    line: int | None
    path: str
    east: float
    """Degrees or metres."""
    north: float
    floors: float
    footprint_m2: float
    households: float
    """UNKNOWN where the file does not say."""
    rings: tuple[Floats, ...] = ()
    """(corners, 2) longitude and latitude of each ring of its outline, holes too; empty where unknown."""


@dataclass(slots=True)
class Findings:
    """The problems found in one file; raises when there are enough of them."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int | None, path: str, message: Phrase) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.file, line, None, path, message))
        if len(self.problems) >= MOST_PROBLEMS:
            self.problems.append(Problem(self.file, None, None, "", phrase("there may be more")))
            self.close()

    def close(self) -> None:
        """Raise what was found, if anything was."""
        if self.problems:
            raise LayoutError(self.problems)

    def fatal(self, message: Phrase, line: int | None = None, path: str = "") -> LayoutError:
        """The error of a file that cannot be read any further."""
        return LayoutError([Problem(self.file, line, None, path, message)])

    def number(self, value: object, name: str, line: int | None, path: str) -> float | None:
        """A value within its column's limits; None, and a problem noted, where it is not.

        Args:
            value: text or number as the file has it.
            name: the column, a key of LIMITS.
            line: line in the file.
            path: what to call the value.
        """
        least, most = LIMITS[name]
        if isinstance(value, str | int | float) and not isinstance(value, bool) and "_" not in str(value):
            try:
                number = float(value)
            except (ValueError, OverflowError):
                number = float("nan")
            if least <= number <= most:
                return number
        said = phrase(
            "{value} must be a number from {least:,.10g} to {most:,.10g}",
            value=shown(value),
            least=least,
            most=most,
        )
        self.add(line, path, said)
        return None


def shown(value: object) -> str:
    """A value as messages show it, not longer than they can bear."""
    text = repr(value[:41] if isinstance(value, str) else value)
    return text if len(text) <= 44 else f"{text[:40]}..."


def read_text(path: Path, findings: Findings) -> str:
    """The text of a file that may be anything."""
    try:
        if path.is_dir():
            raise findings.fatal(phrase("this is a folder, not a file"))
        if not path.exists():
            names = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
            near = get_close_matches(path.name, names, 1)
            meant = phrase("did you mean '{name}'?", name=near[0]) if near else None
            raise findings.fatal(hinted(phrase("there is no such file"), meant))
        if not path.is_file():
            raise findings.fatal(phrase("this is not a regular file"))
        if path.stat().st_size > MOST_BYTES:
            raise findings.fatal(
                phrase(
                    "has {size:,.0f} MB; a layout may have {most:,.0f} MB",
                    size=path.stat().st_size / 1e6,
                    most=MOST_BYTES / 1e6,
                )
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise findings.fatal(phrase("the file cannot be read: {reason}", reason=reason)) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise findings.fatal(phrase("is not text in UTF-8; save it with that encoding"), line) from error
    if "\0" in text:
        raise findings.fatal(
            phrase("is not a text file: it holds NUL bytes"), text.count("\n", 0, text.index("\0")) + 1
        )
    return text


def read_csv(text: str, findings: Findings) -> tuple[list[Footprint], bool]:
    """The footprints of a CSV file, and whether they stand in degrees."""
    if not text.strip():
        raise findings.fatal(phrase("is empty"))
    if text.count("\n") > MOST_FOOTPRINTS + 1:
        raise findings.fatal(
            phrase(
                "has {count:,} lines; a layout may have {most:,} footprints",
                count=text.count("\n"),
                most=MOST_FOOTPRINTS,
            )
        )
    records = _records(text, findings)
    line, header = next(records, (1, []))
    degrees, needed = _columns(header, line, findings)
    names = [name.strip() for name in header]
    place = {name: names.index(name) for name in (*needed, "households") if name in names}
    footprints = []
    for line, record in records:
        if len(record) != len(header):
            said = phrase(
                "has {count} values where the header has {columns} columns",
                count=len(record),
                columns=len(header),
            )
            findings.add(line, "", said)
            continue
        read = [findings.number(record[place[name]], name, line, name) for name in needed]
        if "households" in place and record[place["households"]].strip():
            read.append(findings.number(record[place["households"]], "households", line, "households"))
        else:
            read.append(UNKNOWN)
        values = [value for value in read if value is not None]
        if len(values) == len(read):
            east, north, floors, area, homes = values
            footprints.append(Footprint(line, "", east, north, floors, area, homes))
    return footprints, degrees


def _records(text: str, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """The records of a CSV file that are not empty, each with its last line."""
    lines = text.split("\n")
    for line, content in enumerate(lines, 1):
        if len(content) > MOST_CHARACTERS:
            raise findings.fatal(
                phrase(
                    "has {count:,} characters; a line may have {most:,}",
                    count=len(content),
                    most=MOST_CHARACTERS,
                ),
                line,
            )
    reader = csv.reader(lines, strict=True)
    try:
        for record in reader:
            if record:
                yield reader.line_num, record
    except csv.Error as error:
        said = phrase("is not proper CSV: a quote is not closed, or something stands behind it")
        if "new-line" in str(error):
            said = phrase("is not proper CSV: a line ends with a carriage return alone")
        raise findings.fatal(said, reader.line_num) from error


def _columns(header: list[str], line: int, findings: Findings) -> tuple[bool, list[str]]:
    """Whether the file gives degrees, and the columns it must have, in the order of a footprint's fields."""
    names = [name.strip() for name in header]
    metres = "x_m" in names or "y_m" in names
    degrees = "lon" in names or "lat" in names
    needed = ["x_m", "y_m"] if metres and not degrees else ["lon", "lat"]
    if metres and degrees:
        findings.add(line, "", phrase("has columns of both lon, lat and x_m, y_m; give one of the pairs"))
    needed += ["floors", "footprint_m2"]
    for name in needed:
        if name not in names:
            near = get_close_matches(name, names, 1)
            said = phrase("there is no such column")
            if name in {"lon", "lat"} and not degrees:
                said = phrase("there is no such column, or x_m and y_m")
            has = phrase("the header has {names}", names=shown(", ".join(names)))
            meant = phrase("did you mean '{name}'?", name=near[0]) if near else None
            findings.add(line, name, hinted(said, has, meant))
    for name in (*needed, "households"):
        if names.count(name) > 1:
            said = phrase("the header has this column {count} times", count=names.count(name))
            findings.add(line, name, said)
    findings.close()
    return degrees, needed


def to_metres(footprints: list[Footprint], degrees: bool, findings: Findings) -> tuple[Floats, Floats]:
    """Metres east and north of the layout's south-west corner: equirectangular around the middle latitude."""
    east = np.array([footprint.east for footprint in footprints])
    north = np.array([footprint.north for footprint in footprints])
    middle = float(np.median(north))
    if degrees:
        east = east * (METRES_PER_DEGREE * np.cos(np.radians(middle)))
        north = north * METRES_PER_DEGREE
    if max(np.ptp(east), np.ptp(north)) > MOST_EXTENT:
        away = np.hypot(east - np.median(east), north - np.median(north))
        farthest = footprints[int(away.argmax())]
        raise findings.fatal(
            phrase(
                "({east:.10g}, {north:.10g}) is {away:,.0f} km from the middle of the others; a layout may "
                "extend over {most:.0f} km",
                east=farthest.east,
                north=farthest.north,
                away=away.max() / 1000.0,
                most=MOST_EXTENT / 1000.0,
            ),
            farthest.line,
            farthest.path,
        )
    return east - east.min(), north - north.min()


def outline_of(footprint: Footprint, x_m: float, y_m: float, latitude: float) -> list[Floats]:
    """The rings of a footprint in metres, around its centre at ``x_m``, ``y_m`` as :func:`to_metres` has it.

    Args:
        footprint: a building.
        x_m: metres east.
        y_m: metres north.
        latitude: the middle one of the layout.
    """
    scale = np.array([np.cos(np.radians(latitude)), 1.0]) * METRES_PER_DEGREE
    centre = np.array([footprint.east, footprint.north])
    return [(ring - centre) * scale + (x_m, y_m) for ring in footprint.rings]
