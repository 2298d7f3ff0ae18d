"""Provenance: everything that could change a number is recorded, and what differs is said."""

import ast
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from calling import gongzhi

from experiments import provenance
from experiments.store import FILE as STORE
from scenarios import load

ROOT = Path(__file__).parents[2]
DISTRIBUTIONS = {
    "ruamel": "ruamel-yaml",
    "pydantic_core": "pydantic-core",
    "annotated_types": "annotated-types",
}
"""Names of packages by the module that is imported, where they differ."""
FOR_TABLES = {"pandas", "pyarrow", "scipy"}
"""Used where the tables of a comparison are made and written."""
NO_NUMBERS = {
    "ruamel-yaml": "reads a scenario, which is recorded as read",
    **dict.fromkeys(("annotated-types", "typing-extensions", "typing-inspection"), "types only"),
    **dict.fromkeys(("tqdm", "colorama"), "progress bars of Mesa"),
    **dict.fromkeys(
        ("pythran", "beniget", "gast", "ply", "setuptools"), "compile libraries when those are built"
    ),
    "six": "names of Python 2 and 3",
    "tzdata": "no time here has a zone",
}
SMALL = ("--days", "6", "--set", "community.households=50")


def imported() -> set[str]:
    """Packages that the floors import on which a run stands."""
    found = set()
    for floor in provenance.FLOORS[:3]:
        for file in (ROOT / floor).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    found.add(str(node.module).split(".")[0])
    own = {*provenance.FLOORS, *sys.stdlib_module_names}
    return {DISTRIBUTIONS.get(name, name) for name in found - own}


def test_every_locked_package_that_could_change_a_number_is_recorded():
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    needs = {each["name"]: {on["name"] for on in each.get("dependencies", ())} for each in lock["package"]}
    found: set[str] = set()
    left = imported() | FOR_TABLES
    while left:
        found |= left
        left = set().union(*(needs[name] for name in left)) - found
    assert found - NO_NUMBERS.keys() == set(provenance.LIBRARIES)
    assert found >= NO_NUMBERS.keys()


def described(kind: str = "run") -> dict[str, Any]:
    scenario = load("coordinated")
    return json.loads(json.dumps(provenance.describe(kind, {"coordinated": scenario}, [1], {})))


def test_versions_code_and_machine_are_recorded():
    record = described()
    assert record["versions"].keys() == {"gongzhi", "python", *provenance.LIBRARIES}
    assert record["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert len(record["code"]) == len(record["code_experiments"]) == 64
    assert record["code"] != record["code_experiments"]
    assert record["platform"].keys() == {"system", "machine", "python", "libc", "simd"}
    assert all(record["platform"][name] for name in ("system", "machine", "python"))


@pytest.mark.parametrize("kind", ["run", "compare"])
def test_nothing_differs_where_all_is_the_same_or_was_not_recorded(kind):
    assert provenance.differences(described(kind)) == []
    assert provenance.differences({"kind": kind}) == []
    assert provenance.differences({"kind": kind, "versions": "none", "platform": 3}) == []


def test_what_differs_is_named_with_both_values():
    record = described("compare")
    here = record["versions"]["numpy"]
    record["versions"]["numpy"] = "1.0"
    record["platform"]["machine"] = "abacus"
    record["code"] = "f" * 64
    record["code_experiments"] = "e" * 64
    found = provenance.differences(record)
    assert [each.split(" (here ")[0] for each in found] == [
        "numpy 1.0", "code ffffffff", "code of experiments eeeeeeee", "machine abacus"
    ]  # fmt: skip
    assert found[0] == f"numpy 1.0 (here {here})"
    assert provenance.differences(record | {"kind": "run"}) == [found[0], found[1], found[3]]


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("run", ("coordinated", *SMALL, "--seed", 2)),
        ("compare", ("coordinated", "fragmented", *SMALL, "--seed", 2, "--replications", 2, "--workers", 1)),
    ],
)
@pytest.mark.usefixtures("quick_figures")
def test_a_result_is_made_again_byte_by_byte(command, options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert gongzhi(command, *options, "--out", "out") == 0
    first = {file.name: file.read_bytes() for file in Path("out").iterdir()}
    capsys.readouterr()
    assert gongzhi(command, "out/provenance.json", "--out", "out") == 0
    message = capsys.readouterr().err
    assert "the same as recorded, bit for bit" in message
    assert "numbers may differ" not in message
    again = {file.name: file.read_bytes() for file in Path("out").iterdir()}
    assert {**again, STORE: b""} == {**first, STORE: b""}, "but for the database of runs, done anew"


@pytest.mark.parametrize(("command", "more"), [("run", ()), ("compare", ("--workers", 1))])
@pytest.mark.usefixtures("quick_figures")
def test_other_versions_and_other_numbers_are_said_in_a_line_each(
    command, more, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    number = ("--replications", 1) if command == "compare" else ()
    assert gongzhi(command, "coordinated", *SMALL, *number, *more, "--out", "out") == 0
    record = json.loads(Path("out/provenance.json").read_text(encoding="utf-8"))
    name = next(iter(record["results"]))
    record["versions"]["scipy"] = "0.1"
    record["results"][name] = "0" * 64
    Path("out/provenance.json").write_text(json.dumps(record), encoding="utf-8")
    capsys.readouterr()
    assert gongzhi(command, "out/provenance.json", *more, "--out", "again") == 0
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.startswith("recorded with scipy 0.1 (here ")] == lines[:1]
    assert lines[0].endswith(": numbers may differ")
    assert lines[-1].startswith("differs from the recorded ")
    assert lines[-1].endswith(f"in: {name}")
