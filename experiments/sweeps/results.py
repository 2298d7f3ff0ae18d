"""What a sweep's folder holds beside its runs: what was asked, as a file that gives the same again."""

from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from experiments import provenance
from experiments.files import digest, write, write_all
from experiments.sensitivity.writing import write_sensitivity
from experiments.store import Store
from experiments.sweeps.asked import Varied
from experiments.sweeps.plan import Plan, Space
from experiments.sweeps.tables import write_points, write_runs
from scenarios import dump
from scenarios.schema import Scenario

ASKED = "sweep.yaml"
POINTS = "points.csv"
SCENARIOS = "scenarios"
TABLES = ("runs.parquet", "points.parquet")


def write_asked(folder: Path, plan: Plan) -> None:
    """Write, before anything is run, ``sweep.yaml`` with all that it names, and where it came from.

    Raises:
        OutputError: one cannot be written.
    """
    write_scenarios(folder, plan.scenarios)
    asked: dict[str, bytes | str] = {ASKED: asked_text(_standing_alone(plan))}
    if plan.sweep.design.file is not None:
        asked[POINTS] = (plan.file.parent / plan.sweep.design.file).read_bytes()
    write_all(folder, asked)
    _write_provenance(folder, plan, {})


def write_scenarios(folder: Path, scenarios: Mapping[str, Scenario]) -> None:
    """Write the scenarios that a file names, each with its layout, into a folder of their own."""
    sources: dict[str, bytes | str] = {}
    for name, scenario in scenarios.items():
        resolved, layout = scenario, scenario.community.layout
        if layout is not None:
            copy = provenance.copy_of(name, layout)
            sources[copy] = Path(layout).read_bytes()
            place = scenario.community.model_copy(update={"layout": copy})
            resolved = scenario.model_copy(update={"community": place})
        sources[f"{name}.yaml"] = dump(resolved)
    write_all(folder / SCENARIOS, sources)


def scenario_files(scenarios: Mapping[str, Scenario]) -> list[str]:
    """Names of the files that :func:`write_scenarios` leaves."""
    layouts = {name: scenario.community.layout for name, scenario in scenarios.items()}
    named = [f"{name}.yaml" for name in scenarios]
    named += [provenance.copy_of(name, layout) for name, layout in layouts.items() if layout is not None]
    return [f"{SCENARIOS}/{name}" for name in named]


def write_results(folder: Path, plan: Plan, store: Store) -> list[str]:
    """Write the tables of a sweep that was done to its end, and return what there is to say of them."""
    write_runs(folder, plan, store)
    write_points(folder, plan, store)
    further, notes = write_sensitivity(folder, plan)
    _write_provenance(folder, plan, {name: digest(folder / name) for name in (*TABLES, *further)})
    return notes


def _write_provenance(folder: Path, plan: Plan, results: dict[str, str]) -> None:
    sweep = plan.sweep
    seeds = range(sweep.seed, sweep.seed + sweep.replications)
    write_provenance(folder, "sweep", plan.scenarios, seeds, {"sweep": _standing_alone(plan)}, results)


def write_provenance(
    folder: Path,
    kind: str,
    scenarios: Mapping[str, Scenario],
    seeds: Sequence[int],
    asked: Mapping[str, Any],
    results: Mapping[str, str],
) -> None:
    """Write ``provenance.json`` of many runs, whose scenarios lie in a folder of their own.

    Args:
        folder: the result folder.
        kind: of the result.
        scenarios: that were run or varied, by name.
        seeds: of the runs.
        asked: the file that asked for them, by what it is called in it.
        results: SHA-256 of the tables, by name.
    """
    description = provenance.describe(kind, scenarios, seeds, results)
    for name, data in description["scenarios"].items():
        layout = data["community"].get("layout")
        if layout is not None:
            data["community"]["layout"] = f"{SCENARIOS}/{provenance.copy_of(name, layout)}"
    write(folder / provenance.FILE, provenance.text_of({**description, **asked}))


def _standing_alone(plan: Plan) -> dict[str, Any]:
    """The sweep file with everything it names beside it."""
    asked = standing_alone(plan, plan.sweep)
    if plan.sweep.design.file is not None:
        asked["design"]["file"] = POINTS
    return asked


def standing_alone(space: Space, varied: Varied) -> dict[str, Any]:
    """What a file asks, with the scenarios that it names in the folder for them."""
    asked: dict[str, Any] = varied.model_dump(mode="json", exclude_unset=True)
    places = [f"{SCENARIOS}/{name}.yaml" for name in space.bases]
    if "scenario" in varied.factors:
        asked["factors"] = asked["factors"] | {"scenario": places}
        asked.pop("base", None)
    else:
        asked["base"] = places[0]
    for values in (asked.get("set", {}), asked["factors"]):
        if "community.layout" in values:
            values["community.layout"] = _absolute(values["community.layout"], space.file.parent)
    return {key: asked[key] for key in type(varied).model_fields if key in asked}


def _absolute(layouts: Any, folder: Path) -> Any:
    if isinstance(layouts, list):
        return [_absolute(layout, folder) for layout in layouts]
    return str((folder / layouts).resolve()) if isinstance(layouts, str) else layouts


def asked_text(data: dict[str, Any], command: str = "sweep") -> str:
    """What was asked as a YAML file for a command."""
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    stream = StringIO()
    yaml.dump(data, stream)
    return f"# What was asked; 'gongzhi {command}' with this file gives the same again.\n" + stream.getvalue()
