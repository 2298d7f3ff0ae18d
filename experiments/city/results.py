"""What a city's folder holds: its tables, and what was asked, as a file that gives the same again."""

from pathlib import Path
from typing import Any

from experiments.city.plan import CityPlan
from experiments.city.tables import write_city, write_runs, write_weights
from experiments.files import digest, write
from experiments.store import Store
from experiments.sweeps.results import (
    SCENARIOS,
    asked_text,
    write_provenance,
    write_scenarios,
)

ASKED = "city.yaml"
TABLES = ("runs.parquet", "weights.parquet", "city.parquet", "city_summary.parquet")


def write_asked(folder: Path, plan: CityPlan) -> None:
    """Write, before anything is run, ``city.yaml`` with all that it names, and where it came from.

    Raises:
        OutputError: one cannot be written.
    """
    write_scenarios(folder, plan.scenarios)
    write(folder / ASKED, asked_text(_standing_alone(plan)))
    _write_provenance(folder, plan, {})


def write_results(folder: Path, plan: CityPlan, store: Store) -> list[str]:
    """Write the tables of a city that was done to its end, and return what there is to say of them."""
    write_runs(folder, plan, store)
    write_weights(folder, plan, store)
    write_city(folder, plan, store)
    _write_provenance(folder, plan, {name: digest(folder / name) for name in TABLES})
    return []


def _write_provenance(folder: Path, plan: CityPlan, results: dict[str, str]) -> None:
    asked = {"city": _standing_alone(plan)}
    write_provenance(folder, "city", plan.scenarios, [plan.city.seed], asked, results)


def _standing_alone(plan: CityPlan) -> dict[str, Any]:
    """The city file with everything it names beside it, and nothing left to set."""
    asked: dict[str, Any] = plan.city.model_dump(mode="json", exclude_unset=True, exclude={"base", "set"})
    asked["streets"] = {
        name: {"count": streets.count, "scenario": f"{SCENARIOS}/{name}.yaml"}
        for name, streets in plan.city.streets.items()
    }
    return asked
