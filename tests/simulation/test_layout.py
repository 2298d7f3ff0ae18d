"""Real layouts become communities, and files that cannot are refused in a few clear words."""

import csv
import json
import os
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scenarios.community import Buildings, Community
from scenarios.errors import LayoutError
from simulation.community.layout import layout_households, read_layout
from simulation.community.settling import build_population

SAMPLE = Path(__file__).parents[1] / "data" / "footprints.csv"
HEADER = "building_id,lon,lat,floors,footprint_m2\n"
GOOD = "1,120.6,31.3,6,400\n"


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def asked(file: Path, **rules: Any) -> Community:
    return Community(layout=str(file), **rules)


def refusal(file: Path, **rules: Any) -> str:
    with pytest.raises(LayoutError) as caught:
        read_layout(asked(file, **rules))
    return str(caught.value)


def written(tmp_path: Path, text: str | bytes, name: str = "layout.csv") -> Path:
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def square(
    east: float, north: float, side: float, properties: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A square of so many metres, its south-west corner so far from 120 E, 30 N."""
    degree = 6_371_008.8 * np.pi / 180.0
    lon, lat = 120.0 + east / degree / cos(radians(30.0)), 30.0 + north / degree
    wide, high = side / degree / cos(radians(30.0)), side / degree
    ring = [[lon, lat], [lon + wide, lat], [lon + wide, lat + high], [lon, lat + high], [lon, lat]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"floors": 6} if properties is None else properties,
    }


def collection(tmp_path: Path, *features: Any) -> Path:
    text = json.dumps({"type": "FeatureCollection", "features": features})
    return written(tmp_path, text, "layout.geojson")


def test_households_follow_from_floor_area() -> None:
    rule = Buildings()
    kept = [row for row in rows_of(SAMPLE) if float(row["footprint_m2"]) >= rule.min_footprint]
    expected = [int(float(row["footprint_m2"]) * int(row["floors"]) / 100.0 * 0.85 + 0.5) for row in kept]
    assert len(kept) < len(rows_of(SAMPLE))
    (place,) = read_layout(asked(SAMPLE, households=50_000))
    assert place.households.tolist() == expected
    assert place.floors.tolist() == [int(row["floors"]) for row in kept]
    assert place.footprint_m2.tolist() == [float(row["footprint_m2"]) for row in kept]
    assert layout_households(asked(SAMPLE)) == sum(expected)
    assert layout_households(Community(communities=3, households=70)) == 210


def test_distances_are_metres_on_the_ground() -> None:
    rule = Buildings(min_footprint=0.0, occupied=1.0, home_area=20.0)
    (place,) = read_layout(asked(SAMPLE, households=50_000, buildings=rule))
    rows = [row for row in rows_of(SAMPLE) if float(row["footprint_m2"]) * int(row["floors"]) >= 10.0]
    assert len(place.x_m) == len(rows)
    assert place.y_m.min() == 0.0
    lon, lat = (np.radians([float(row[name]) for row in rows]) for name in ("lon", "lat"))
    for one, other in ((0, 1), (3, 40), (7, len(rows) - 1)):
        haversine = (
            sin((lat[other] - lat[one]) / 2) ** 2
            + cos(lat[one]) * cos(lat[other]) * sin((lon[other] - lon[one]) / 2) ** 2
        )
        metres = 2 * 6_371_008.8 * asin(sqrt(haversine))
        assert np.hypot(
            place.x_m[one] - place.x_m[other], place.y_m[one] - place.y_m[other]
        ) == pytest.approx(metres, rel=1e-4)


def test_the_layout_is_cut_into_compact_communities_of_about_the_households_asked_for() -> None:
    rule = asked(SAMPLE, households=250)
    places = read_layout(rule)
    homes = [int(place.households.sum()) for place in places]
    assert sum(homes) == layout_households(rule)
    assert len(places) == round(sum(homes) / 250)
    largest = max(int(place.households.max()) for place in places)
    assert all(abs(home - 250) < largest for home in homes)
    boxes = [(np.min(p.x_m), np.max(p.x_m), np.min(p.y_m), np.max(p.y_m)) for p in places]
    for number, (west, east, south, north) in enumerate(boxes):
        for other_west, other_east, other_south, other_north in boxes[:number]:
            assert east < other_west or other_east < west or north < other_south or other_north < south


def test_the_layout_decides_the_population_and_its_communities() -> None:
    rule = asked(SAMPLE, households=250, communities=99)
    population = build_population(rule, 1)
    assert population.communities == len(read_layout(rule)) < 99
    assert population.households == layout_households(rule)


def test_metres_and_known_households_are_taken_as_they_are(tmp_path: Path) -> None:
    rows = (
        "x_m,y_m,floors,footprint_m2,households,note",
        "500,700,6,400,12,a",
        "530,740,2.5,200,,b",
        "500,740,1,90,0,c",
    )
    (place,) = read_layout(asked(written(tmp_path, "\n".join(rows))))
    assert place.x_m.tolist() == [0.0, 30.0]
    assert place.y_m.tolist() == [0.0, 40.0]
    assert place.households.tolist() == [12, 5]  # 200 m2 on 3 floors, 100 m2 a home, 85 % lived in
    assert place.floors.tolist() == [6, 3]


def test_a_byte_order_mark_blank_lines_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    text = "\ufeff" + HEADER + "\n" + GOOD.replace("\n", "\r\n") + '"2\n2","120.601",31.3,6,400'
    (place,) = read_layout(asked(written(tmp_path, text)))
    assert place.households.tolist() == [20, 20]


def test_geojson_gives_area_centroid_and_floors(tmp_path: Path) -> None:
    levels = square(100.0, 0.0, 10.0, {"building:levels": "4", "floors": None})
    known = square(0.0, 100.0, 30.0, {"levels": 2, "households": 9})
    (place,) = read_layout(asked(collection(tmp_path, square(0.0, 0.0, 20.0), levels, known)))
    assert place.footprint_m2.tolist() == pytest.approx([400.0, 100.0, 900.0], rel=1e-4)
    assert place.floors.tolist() == [6, 4, 2]
    assert place.households.tolist() == [20, 3, 9]
    assert place.x_m.tolist() == pytest.approx([0.0, 95.0, 5.0], abs=0.05)
    assert place.y_m.tolist() == pytest.approx([5.0, 0.0, 110.0], abs=0.05)


def test_geojson_takes_holes_out_and_several_parts_together(tmp_path: Path) -> None:
    court = square(0.0, 0.0, 40.0)
    court["geometry"]["coordinates"] += square(10.0, 10.0, 20.0)["geometry"]["coordinates"]
    parts = square(200.0, 0.0, 10.0)
    rings = [parts["geometry"]["coordinates"], square(240.0, 0.0, 10.0)["geometry"]["coordinates"]]
    parts["geometry"] = {"type": "MultiPolygon", "coordinates": [[ring[0][::-1]] for ring in rings]}
    (place,) = read_layout(asked(collection(tmp_path, court, parts)))
    assert place.footprint_m2.tolist() == pytest.approx([1200.0, 200.0], rel=1e-4)
    assert place.x_m[1] - place.x_m[0] == pytest.approx(225.0 - 20.0, abs=0.05)


def test_every_bad_row_is_named_with_line_column_value_and_rule(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        HEADER
        + "1,999,31.3,6,400\n"
        + GOOD
        + "2,120.6,31.3,-3,400\n3,120.6,31.3,6,nan\n4,120.6,,1_0,400\n5,120.6\n",
    )
    assert refusal(file).splitlines() == [
        f"{file}:2: lon: '999' must be a number from -180 to 180",
        f"{file}:4: floors: '-3' must be a number from 1 to 200",
        f"{file}:5: footprint_m2: 'nan' must be a number from 0.1 to 1,000,000",
        f"{file}:6: lat: '' must be a number from -85 to 85",
        f"{file}:6: floors: '1_0' must be a number from 1 to 200",
        f"{file}:7: has 2 values where the header has 5 columns",
    ]


def test_at_most_twenty_problems_are_listed(tmp_path: Path) -> None:
    file = written(tmp_path, HEADER + "1,120.6,31.3,0,400\n" * 500)
    lines = refusal(file).splitlines()
    assert len(lines) == 21
    assert lines[19].startswith(f"{file}:21: floors: '0'")
    assert lines[20] == f"{file}: there may be more"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (HEADER, "has no footprints"),
        (HEADER.encode() + b"\xd6\xd0,120.6,31.3,6,400\n", ":2: is not text in UTF-8"),
        ((HEADER + GOOD).encode("utf-16"), ":1: is not text in UTF-8"),
        (b"lon,lat\0,floors", "it holds NUL bytes"),
        (bytes(range(256)) * 256, "is not text"),
        ("lon,lat,floor,footprint_m2\n1,1,1,1", "1: floors: there is no such column; the header has"),
        ("lon,lat,floor,footprint_m2\n1,1,1,1", "did you mean 'floor'?"),
        ("a;b;c\n1;2;3", "lon: there is no such column, or x_m and y_m; the header has 'a;b;c'"),
        ("lon,lat,x_m,y_m,floors,footprint_m2\n1,1,1,1,1,1", "both lon, lat and x_m, y_m"),
        ("lon,lat,floors,floors,footprint_m2\n1,1,1,1,1", "floors: the header has this column 2 times"),
        (HEADER + '"1,120.6,31.3,6,400\n', "is not proper CSV"),
        (
            HEADER + "1" * 200_000 + ",120.6,31.3,6,400\n",
            ":2: has 200,017 characters; a line may have 20,000",
        ),
        ("lon," * 10_000_000, ":1: has 40,000,000 characters"),
        (HEADER + GOOD + '"' + "1,1\n" * 100_000, "is not proper CSV: a quote is not closed"),
        (
            HEADER + GOOD.replace("\n", "\r") * 2,
            "is not proper CSV: a line ends with a carriage return alone",
        ),
        (HEADER + GOOD * 5 + "2,0,0,6,400\n", ":7: (0, 0) is"),
        (HEADER + GOOD + "2,122,31.3,6,400\n", "a layout may extend over 100 km"),
        (HEADER + "1,120.6,31.3,1,20\n", "nobody lives in any of its 1 footprints: 1 are below"),
        (HEADER + "1,120.6,31.3,200,1000000\n", ":2: has 1,700,000 households by its floor area"),
        (HEADER + GOOD * 200_002, "has 200,003 lines"),
    ],
)
def test_csv_that_cannot_be_used_is_refused_in_one_message(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    file = written(tmp_path, text)
    message = refusal(file)
    assert message.startswith(str(file))
    assert words in message
    assert len(message) < 3000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", ":1: is not proper JSON"),
        ("[1, 2]", "has no list 'features'"),
        ('{"type": "Feature"}', "has no list 'features'"),
        ('{"features": []}', "has no footprints"),
        ('{"features": [NaN]}', "it holds NaN"),
        ("[" * 100_000, "is nested too deeply"),
        ('{"features": ' + "[" * 100_000 + "]" * 100_000 + "}", "is nested too deeply"),
        ("[]," * 5_000_001, "has more than 10,000,000 values"),
        ('{"features": [' + "1" * 5000 + "]}", "a number of too many digits"),
        ('{"features": [[]]}', "features[0]: must be a Feature"),
        ('{"features": [' + "0," * 200_000 + "0]}", "has 200,001 features"),
    ],
)
def test_geojson_that_cannot_be_used_is_refused_in_one_message(tmp_path: Path, text: str, words: str) -> None:
    message = refusal(written(tmp_path, text, "layout.geojson"))
    assert words in message
    assert len(message) < 3000


def test_every_bad_feature_is_named_with_path_value_and_rule(tmp_path: Path) -> None:
    bad: list[Any] = [square(0.0, 0.0, 20.0) for _ in range(8)]
    bad[0]["properties"] = {"height": 3}
    bad[1]["properties"]["floors"] = True
    bad[2]["geometry"]["type"] = "Point"
    bad[3]["geometry"]["coordinates"][0][2] = [500, 31]
    bad[4]["geometry"]["coordinates"][0] = [[120.0, 30.0]] * 4
    bad[5]["geometry"]["coordinates"] = [[["a", 1], 2, 3, 4]]
    bad[6] = square(0.0, 0.0, 2000.0)
    bad[7]["properties"]["households"] = 1e9
    file = collection(tmp_path, *bad)
    lines = [line.removeprefix(f"{file}: ") for line in refusal(file).splitlines()]
    area = lines.pop(6)
    assert area.startswith("features[6].geometry: area in m2: 4000000")
    assert area.endswith("must be a number from 0.1 to 1,000,000")
    assert lines == [
        "features[0].properties: must have one of floors, levels, building:levels",
        "features[1].properties.floors: True must be a number from 1 to 200",
        "features[2].geometry: 'Point' must be Polygon or MultiPolygon",
        "features[3].geometry: 500 must be a lon from -180 to 180",
        "features[4].geometry: encloses no area",
        "features[5].geometry: 'a' must be a lon from -180 to 180",
        "features[7].properties.households: 1000000000.0 must be a number from 0 to 20,000",
    ]


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)
    written(tmp_path, HEADER + GOOD)
    assert refusal(tmp_path / "layuot.csv").endswith("there is no such file; did you mean 'layout.csv'?")
    assert "there is no such file" in refusal(tmp_path / "nowhere" / "layout.csv")
    assert refusal(Path("a\0b"))
    os.mkfifo(tmp_path / "pipe")
    assert "this is not a regular file" in refusal(tmp_path / "pipe")
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(1 << 40)
    assert "a layout may have 64 MB" in refusal(large)


def test_geojson_keeps_the_outlines_where_the_buildings_stand(tmp_path: Path) -> None:
    hole = square(100.0, 0.0, 60.0)
    hole["geometry"]["coordinates"].append(square(120.0, 20.0, 20.0)["geometry"]["coordinates"][0])
    file = collection(tmp_path, *(square(60.0 * place, 80.0, 20.0) for place in range(6)), hole)
    places = read_layout(asked(file, households=60))
    assert len(places) > 1
    for place in places:
        assert place.outline is not None
        assert len(place.outline) == len(place.x_m)
        for number, rings in enumerate(place.outline):
            corners = rings[0][:-1]
            middle = (place.x_m[number], place.y_m[number])
            assert corners.mean(axis=0) == pytest.approx(middle, abs=0.01)
            enclosed = sum(
                (1.0, -1.0)[bool(inner)] * float(np.prod(np.ptp(ring, axis=0)))
                for inner, ring in enumerate(rings)
            )
            assert enclosed == pytest.approx(place.footprint_m2[number], rel=1e-3)
    outlines = [rings for place in places if place.outline is not None for rings in place.outline]
    assert sorted(map(len, outlines)) == [1] * 6 + [2]


def test_csv_knows_no_outlines() -> None:
    assert all(place.outline is None for place in read_layout(asked(SAMPLE)))
