"""Whatever a file says, the answer is a scenario, or problems with their places and no other exception."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import Problem, ScenarioError, from_data, load, parse_set
from scenarios.fields import walk
from scenarios.reading import read_text

DATA = load("coordinated").model_dump(mode="json")
TEXT = Path(__file__).parents[2].joinpath("scenarios", "coordinated.yaml").read_text(encoding="utf-8")
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["3 h", "18:30", "always", "maintenance", "lognormal", "", "no", "2025-02-30", "０"]),
    st.text(max_size=8),
)
names = st.sampled_from(sorted({key.path.rpartition(".")[2] for key in walk()})) | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)


def paths(data: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [above] if above else []
    if isinstance(data, dict):
        for name, child in data.items():
            found += paths(child, (*above, name))
    return found


def changed(data: Any, path: tuple[str, ...], value: Any) -> Any:
    return value if not path else data | {path[0]: changed(data[path[0]], path[1:], value)}


def problems_of(act: Callable[[], object]) -> list[Problem]:
    try:
        act()
    except ScenarioError as error:
        return error.problems
    return []


def test_problems_would_be_seen() -> None:
    assert problems_of(lambda: from_data(changed(DATA, ("days",), 30))) == []
    (problem,) = problems_of(lambda: from_data(changed(DATA, ("days",), "soon")))
    assert problem.path == "days"


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(paths(DATA)), values)
def test_any_value_anywhere(path: tuple[str, ...], value: Any) -> None:
    for problem in problems_of(lambda: from_data(changed(DATA, path, value))):
        assert problem.message
        assert problem.file == "scenario"
        assert problem.path.split(".")[0] in {path[0], "cases", "handlers"}


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(paths(DATA)), st.text(max_size=20))
def test_any_text_behind_an_equals_sign(path: tuple[str, ...], text: str) -> None:
    for problem in problems_of(lambda: load("coordinated", parse_set([f"{'.'.join(path)}={text}"]))):
        assert problem.file in {"--set", "coordinated"}


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(TEXT)), st.integers(0, 30), st.text(max_size=6))
def test_any_damage_to_a_file(tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, put: str) -> None:
    file = tmp_path_factory.mktemp("damaged") / "mine.yaml"
    damaged = TEXT[:at] + put + TEXT[at + cut :]
    file.write_bytes(damaged.encode("utf-8", "surrogatepass"))
    for problem in problems_of(lambda: load(file)):
        assert problem.file == str(file)
        assert problem.line or problem.message.startswith("the file is")


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all(text: str) -> None:
    for problem in problems_of(lambda: read_text(text, "mine.yaml")):
        assert problem.file == "mine.yaml"
