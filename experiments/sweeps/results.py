"""What a sweep's folder holds beside its runs: what was asked, as a file that gives the same again."""

import hashlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from experiments import provenance
from experiments.files import refusing, write, write_all
from experiments.store import Store
from experiments.sweeps.plan import Plan
from experiments.sweeps.tables import write_points, write_runs
from scenarios import dump

ASKED = "sweep.yaml"
POINTS = "points.csv"
SCENARIOS = "scenarios"
TABLES = ("runs.parquet", "points.parquet")


def write_asked(folder: Path, plan: Plan) -> None:
    """Write, before anything is run, ``sweep.yaml`` with all that it names, and where it came from.

    Raises:
        OutputError: one cannot be written.
    """
    sources: dict[str, bytes | str] = {}
    for name, base in plan.bases.items():
        scenario = base.base
        layout = scenario.community.layout
        if layout is not None:
            copy = f"layout-{name}{Path(layout).suffix}"
            sources[copy] = Path(layout).read_bytes()
            place = scenario.community.model_copy(update={"layout": copy})
            scenario = scenario.model_copy(update={"community": place})
        sources[f"{name}.yaml"] = dump(scenario)
    write_all(folder / SCENARIOS, sources)
    asked: dict[str, bytes | str] = {ASKED: _text(_standing_alone(plan))}
    if plan.sweep.design.file is not None:
        asked[POINTS] = (plan.file.parent / plan.sweep.design.file).read_bytes()
    write_all(folder, asked)
    _write_provenance(folder, plan, {})


def write_results(folder: Path, plan: Plan, store: Store) -> None:
    """Write the tables of a sweep that was done to its end."""
    write_runs(folder, plan, store)
    write_points(folder, plan, store)
    _write_provenance(folder, plan, {name: _digest(folder / name) for name in TABLES})


def _write_provenance(folder: Path, plan: Plan, results: dict[str, str]) -> None:
    sweep = plan.sweep
    seeds = range(sweep.seed, sweep.seed + sweep.replications)
    scenarios = {name: base.base for name, base in plan.bases.items()}
    description = provenance.describe("sweep", scenarios, seeds, results)
    for name, data in description["scenarios"].items():
        layout = data["community"].get("layout")
        if layout is not None:
            data["community"]["layout"] = f"{SCENARIOS}/layout-{name}{Path(layout).suffix}"
    description["sweep"] = _standing_alone(plan)
    text = json.dumps(description, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    write(folder / provenance.FILE, text)


def _standing_alone(plan: Plan) -> dict[str, Any]:
    """The sweep file with everything it names beside it."""
    asked: dict[str, Any] = plan.sweep.model_dump(mode="json", exclude_unset=True)
    places = [f"{SCENARIOS}/{name}.yaml" for name in plan.bases]
    if "scenario" in plan.sweep.factors:
        asked["factors"] = asked["factors"] | {"scenario": places}
        asked.pop("base", None)
    else:
        asked["base"] = places[0]
    for values in (asked.get("set", {}), asked["factors"]):
        if "community.layout" in values:
            values["community.layout"] = _absolute(values["community.layout"], plan.file.parent)
    if plan.sweep.design.file is not None:
        asked["design"]["file"] = POINTS
    return asked


def _absolute(layouts: Any, folder: Path) -> Any:
    if isinstance(layouts, list):
        return [_absolute(layout, folder) for layout in layouts]
    return str((folder / layouts).resolve()) if isinstance(layouts, str) else layouts


def _text(data: dict[str, Any]) -> str:
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    stream = StringIO()
    yaml.dump(data, stream)
    return "# What was asked; 'gongzhi sweep' with this file gives the same again.\n" + stream.getvalue()


def _digest(path: Path) -> str:
    with refusing(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
