"""Provenance: what was asked, with which code, so that a result can be made again bit for bit."""

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scenarios import from_data
from scenarios.errors import ResultError
from scenarios.schema import Scenario

FILE = "provenance.json"
FORMAT = 1
UNFINISHED = "unfinished"
"""Stands, and is true, in the provenance of a comparison of which runs are still to be done."""
LIBRARIES = ("mesa", "numba", "llvmlite", "numpy", "pandas", "pyarrow", "pydantic", "pydantic-core",
             "pytimeparse", "scipy", "holidays", "python-dateutil")  # fmt: skip
"""Libraries whose version could change a number, those that they stand on included."""
FLOORS = ("scenarios", "agents", "simulation", "experiments")
MOST_BYTES = 10_000_000


def code_hash() -> str:
    """SHA-256 over the project's own Python files that decide a run's numbers."""
    return _hash_of(FLOORS[:3])


def code_of_experiments() -> str:
    """SHA-256 over the Python files that make tables and curves of what came of runs."""
    return _hash_of(FLOORS[3:])


@cache
def _hash_of(floors: Sequence[str]) -> str:
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for floor in floors:
        for path in sorted((root / floor).glob("**/*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def scenario_hash(scenario: Scenario) -> str:
    """SHA-256 of a resolved scenario; of its layout the content counts, not where the file lies."""
    asked = scenario.model_dump(mode="json")
    digest = hashlib.sha256()
    if scenario.community.layout is not None:
        digest.update(Path(scenario.community.layout).read_bytes())
        asked["community"]["layout"] = True
    digest.update(json.dumps(asked, sort_keys=True).encode())
    return digest.hexdigest()


def run_key(scenario: Scenario | str, seed: int) -> str:
    """What a run is known by: SHA-256 of the resolved scenario (or its hash), the seed and the code."""
    known = scenario if isinstance(scenario, str) else scenario_hash(scenario)
    return hashlib.sha256(f"{known} {seed} {code_hash()}".encode()).hexdigest()


def describe(
    kind: str,
    scenarios: Mapping[str, Scenario],
    seeds: Sequence[int],
    results: Mapping[str, str],
    parameters: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """All that is needed to make a result again.

    Args:
        kind: ``run`` or ``compare``.
        scenarios: the resolved scenarios by name, in order.
        seeds: seeds of the runs of each.
        results: SHA-256 of what came out, by name.
        parameters: what was changed in all scenarios, where the tables name it.
    """
    named = {} if parameters is None else {"parameters": json.loads(json.dumps(parameters, default=str))}
    return {
        "format": FORMAT,
        "kind": kind,
        "seeds": list(seeds),
        **named,
        "scenarios": {name: scenario.model_dump(mode="json") for name, scenario in scenarios.items()},
        **surroundings(),
        "results": dict(results),
    }


def surroundings() -> dict[str, Any]:
    """What besides scenario and seed could change a number: versions, code and the machine."""
    import numpy as np

    return {
        "versions": {
            "gongzhi": version("gongzhi"),
            "python": platform.python_version(),
            **{name: version(name) for name in LIBRARIES},
        },
        "code": code_hash(),
        "code_experiments": code_of_experiments(),
        "platform": {
            "system": platform.system(),
            "machine": platform.machine(),
            "python": platform.python_implementation(),
            "libc": " ".join(platform.libc_ver()).strip(),
            "simd": np.show_config(mode="dicts")["SIMD Extensions"]["found"],
        },
    }


def differences(description: Mapping[str, Any]) -> list[str]:
    """What could change a number and is not as recorded, each with both values."""
    here = surroundings()
    if description.get("kind") == "run":
        del here["code_experiments"]  # writes a run's tables down, and decides those of a comparison
    return [
        f"{name} {_short(recorded)} (here {_short(now)})"
        for part, now_there in here.items()
        for name, recorded, now in _pairs(part, description.get(part), now_there)
        if recorded != now
    ]


def _pairs(part: str, recorded: Any, here: Any) -> Iterator[tuple[str, Any, Any]]:
    """Name, recorded and present value of each entry; what an older version did not record is left out."""
    if isinstance(here, dict):
        known = recorded if isinstance(recorded, dict) else {}
        for name, now in here.items():
            if name in known:
                yield name, known[name], now
    elif recorded is not None:
        yield part.replace("code_experiments", "code of experiments"), recorded, here


def _short(value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text[:8] if len(text) == 64 else text[:60] or "none"


def copy_of(name: str, layout: str) -> str:
    """What the copy of a scenario's layout is called in a result folder."""
    return f"layout-{name}{Path(layout).suffix}"


def text_of(description: Mapping[str, Any]) -> str:
    """A description as it stands in its file."""
    return json.dumps(description, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def files(description: dict[str, Any]) -> dict[str, bytes]:
    """``provenance.json``, and beside it each real layout, which it then names."""
    beside: dict[str, bytes] = {}
    for name, data in description["scenarios"].items():
        layout = data.get("community", {}).get("layout")
        if layout is not None:
            copy = copy_of(name, layout)
            beside[copy] = Path(layout).read_bytes()
            data["community"]["layout"] = copy
    return {FILE: text_of(description).encode(), **beside}


def inputs(description: Mapping[str, Any]) -> list[str]:
    """Names of the files from which a result can be made again, in its folder."""
    places = [data.get("community", {}).get("layout") for data in description["scenarios"].values()]
    return [FILE, *(name for name in places if name is not None)]


def names(description: Mapping[str, Any]) -> list[str]:
    """Names of all files of a result that were written with its provenance, the figures and report not."""
    return [*inputs(description), *description["results"]]


def is_provenance(source: str) -> bool:
    """Whether a user names a provenance file, not a scenario."""
    return Path(source).name == FILE


def read(path: Path, kind: str, changes: Mapping[str, object]) -> tuple[dict[str, Scenario], dict[str, Any]]:
    """Scenarios by name, and the whole description, of a ``provenance.json``.

    Args:
        path: the file.
        kind: the kind of result that is wanted.
        changes: what to change in every scenario, by dotted path.

    Raises:
        ResultError: the file is none, or of another kind.
        ScenarioError: a scenario in it does not fit this version's schema, or a change does not.
    """
    description = described(path, kind)
    scenarios = {}
    for name, data in description["scenarios"].items():
        if not name or not set(name).isdisjoint("/\\:\0\n"):
            raise ResultError(f"{path}: scenarios: '{name[:60]}' is not the name of a scenario")
        if not isinstance(data, dict):
            raise ResultError(f"{path}: scenarios: {name}: is no mapping")
        place = data.get("community")
        layout = place.get("layout") if isinstance(place, dict) else None
        if isinstance(layout, str):
            data["community"]["layout"] = str((path.parent / layout).resolve())
        scenarios[name] = from_data(data, f"{path}: {name}", changes)
    return scenarios, description


def described(path: Path, kind: str | None = None) -> dict[str, Any]:
    """The content of a provenance file, of the wanted kind where one is named.

    Raises:
        ResultError: the file is none, or of another kind.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
        description = json.loads(text)
    except OSError as error:
        raise ResultError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ResultError(f"{path}: is no JSON: {error}") from error
    if not isinstance(description, dict) or description.get("format") != FORMAT:
        raise ResultError(f'{path}: is no provenance of this project (no "format": {FORMAT})')
    if kind is not None and description.get("kind") != kind:
        raise ResultError(
            f"{path}: is the provenance of a '{description.get('kind')}': give it to that command"
        )
    scenarios, seeds = description.get("scenarios"), description.get("seeds")
    if not isinstance(scenarios, dict) or not scenarios:
        raise ResultError(f"{path}: scenarios: there is none")
    if kind == "run" and len(scenarios) != 1:
        raise ResultError(f"{path}: scenarios: a run has one, not {len(scenarios)}")
    for name in ("parameters", "results"):
        if not isinstance(description.get(name, {}), dict):
            raise ResultError(f"{path}: {name}: is no mapping")
    if not isinstance(seeds, list) or not seeds or not all(type(seed) is int and seed >= 0 for seed in seeds):
        raise ResultError(f"{path}: seeds: needs a list of whole numbers from 0")
    return description
