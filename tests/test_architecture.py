"""The house: imports point down only and in no circle, files and functions stay short."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = ("scenarios", "agents", "simulation", "experiments")
"""From the ground up."""
LONGEST_FILE, LONGEST_BODY = 400, 60
HEAVY = {"mesa", "numba", "pandas"}


def name_of(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(file): file for floor in FLOORS for file in sorted((ROOT / floor).rglob("*.py"))}
TREES = {name: ast.parse(file.read_text(encoding="utf-8")) for name, file in FILES.items()}


def imports(name: str) -> Iterator[str]:
    """Every module that a module imports, at its head or inside a function."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: imports name their floor"
            assert node.module is not None
            inside = {f"{node.module}.{alias.name}" for alias in node.names} & FILES.keys()
            yield from inside or {node.module}


def test_there_is_something_to_look_at():
    assert {name.split(".")[0] for name in FILES} == set(FLOORS)
    assert len(FILES) > 40
    assert "simulation.calendar" in set(imports("simulation.model"))
    assert "simulation.notices.doors" in set(imports("simulation.kernels")), "modules taken out of a package"
    assert "simulation.model" in set(imports("simulation")), "imports inside functions"


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_point_down_only(floor):
    allowed = set(FLOORS[: FLOORS.index(floor) + 1])
    upward = {
        (name, other)
        for name in FILES
        if name.split(".")[0] == floor
        for other in imports(name)
        if other.split(".")[0] in FLOORS and other.split(".")[0] not in allowed
    }
    assert not upward


def test_no_module_imports_itself_by_any_way_round():
    ways = {name: {other for other in imports(name) if other in FILES} for name in FILES}
    try:
        TopologicalSorter(ways).prepare()
    except CycleError as cycle:
        pytest.fail(f"a circle of imports: {' <- '.join(cycle.args[1])}")


def test_no_room_of_the_simulation_imports_another_both_ways():
    """A room is a folder; what stands beside the folders is the frame of them all."""
    ways: dict[str, set[str]] = {}
    for name in (name for name in FILES if name.startswith("simulation.")):
        room, inside = ".".join(name.split(".")[:2]), len(name.split(".")) > 2
        others = {".".join(other.split(".")[:2]) for other in imports(name) if len(other.split(".")) > 2}
        ways.setdefault(room, set()).update(others - {room} if inside else ())
    assert "simulation.notices" in ways["simulation.care"], "rooms know each other"
    try:
        TopologicalSorter(ways).prepare()
    except CycleError as cycle:
        pytest.fail(f"a circle of rooms: {' <- '.join(cycle.args[1])}")


@pytest.mark.parametrize("name", FILES)
def test_files_and_functions_are_short(name):
    lines = FILES[name].read_text(encoding="utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{lines} lines"
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            described = ast.get_docstring(node) is not None
            body = node.body[1:] if described else node.body
            if not body or (len(body) == 1 and isinstance(body[0], ast.Return)):
                continue  # a table that is given back as it stands is data
            length = (body[-1].end_lineno or 0) - body[0].lineno + 1
            assert length <= LONGEST_BODY, f"{node.name}: {length} lines without its docstring"


def test_the_ground_floor_needs_no_heavy_library():
    found = {
        (name, other) for name in FILES if name.startswith("scenarios") for other in imports(name)
        if other.split(".")[0] in HEAVY
    }  # fmt: skip
    assert not found


@pytest.mark.parametrize("quick", ["scenarios", "simulation", "experiments.command_line"])
def test_reading_and_helping_load_no_heavy_library(quick):
    """What `--help` and `validate` import, in a process of its own: this one has loaded everything."""
    assert loaded_with(quick, HEAVY) == "[]"


def test_planning_and_keeping_runs_does_not_load_what_only_workers_need():
    """A sweep's process shares its cores with its workers; the server that forks them loads this once."""
    only_workers = {"mesa", "numba", "networkx", "scipy.stats", "scipy.optimize", "simulation.model"}
    assert loaded_with("experiments.sweeps.sweeping, experiments.sweeps.results", only_workers) == "[]"


def loaded_with(modules: str, of_these: set[str]) -> str:
    """Which of some modules others load."""
    code = f"import {modules}, sys; print(sorted({of_these!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
