"""The tables of a city: a row per street and replication, one per replication, and intervals over these."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from experiments.city.plan import CityPlan, Street
from experiments.files import refusing
from experiments.statistics import t_interval
from experiments.store import TABLES, Store, Stored
from experiments.sweeps.tables import write_rows
from simulation.results.metrics import METRICS
from simulation.results.pooling import HOUSEHOLDS, QUANTILES, RESIDENTS, SUMS, VULNERABLE, Part, pooled

NUMBERS = [(name, pa.float64()) for name in METRICS]
NEEDED = {
    "cases": ["arose_h", "found_h", "uploaded_h", "resolved_h"],
    "projects": ["raised_h", "completed_h"],
}
"""Columns from which quantiles are computed, by table."""


def write_runs(folder: Path, plan: CityPlan, store: Store) -> None:
    """Write ``runs.parquet``: a row per replication and street, in this order."""
    schema = pa.schema(
        [
            ("street", pa.string()),
            ("group", pa.string()),
            ("replication", pa.int64()),
            ("seed", pa.int64()),
            *((name, pa.string()) for name in ("status", "error", "key", "fate")),
            ("residents", pa.float64()),
            ("households", pa.float64()),
            *NUMBERS,
        ]
    )
    rows = (
        _run(plan, store, street, replication)
        for replication in _replications(plan)
        for street in plan.streets
    )
    write_rows(folder / "runs.parquet", schema, rows)


def write_weights(folder: Path, plan: CityPlan, store: Store) -> None:
    """Write ``weights.parquet``: over how many things each mean of ``runs.parquet`` is one, else null."""
    schema = pa.schema([("street", pa.string()), ("replication", pa.int64()), *NUMBERS])
    rows = (
        {"street": street.name, "replication": replication, **(found.weights if found else {})}
        for replication in _replications(plan)
        for street in plan.streets
        for found in [store.get(plan.key(street, replication))]
    )
    write_rows(folder / "weights.parquet", schema, rows)


def write_city(folder: Path, plan: CityPlan, store: Store) -> None:
    """Write ``city.parquet``, a row per replication of the whole city, and ``city_summary.parquet``."""
    counts = ("replication", "streets", "done")
    sizes = ("residents", "households")
    schema = pa.schema(
        [*((name, pa.int64()) for name in counts), *((name, pa.float64()) for name in sizes), *NUMBERS]
    )
    rows = [_city(folder, plan, store, replication) for replication in _replications(plan)]
    write_rows(folder / "city.parquet", schema, iter(rows))
    values = pd.DataFrame(rows, columns=list(METRICS), dtype="float64")
    intervals = t_interval(values).assign(sd=values.std())
    numbers = ("mean", "low", "high", "sd")
    summary = pa.schema(
        [
            ("metric", pa.string()),
            ("how", pa.string()),
            ("runs", pa.int64()),
            ("n", pa.int64()),
            *((name, pa.float64()) for name in numbers),
        ]
    )
    lines = (
        {
            "metric": name,
            "how": how_pooled(str(name), plan.city.keep),
            "runs": len(rows),
            "n": int(line["n"]),
            **{number: None if pd.isna(line[number]) else float(line[number]) for number in numbers},
        }
        for name, line in intervals.iterrows()
    )
    write_rows(folder / "city_summary.parquet", summary, lines)


def how_pooled(metric: str, keep: tuple[str, ...]) -> str:
    """How a metric of the streets becomes one of the city."""
    if metric in QUANTILES:
        table = QUANTILES[metric]
        if table in keep:
            return f"computed from all rows of {table}"
        return f"null: a quantile; keep {table}" if table else "null: a quantile"
    if metric in SUMS:
        return "sum"
    return "difference of weighted means" if metric == VULNERABLE else "weighted mean"


def _replications(plan: CityPlan) -> range:
    return range(1, plan.city.replications + 1)


def _run(plan: CityPlan, store: Store, street: Street, replication: int) -> dict[str, Any]:
    key = plan.key(street, replication)
    row = {
        "street": street.name,
        "group": street.group,
        "replication": replication,
        "seed": plan.seed(street, replication),
        "key": key,
    }
    found = store.get(key)
    if found is None:
        return row | {"status": "missing"}
    known = {"status": found.status, "error": found.error, "fate": found.fate}
    return row | known | _sizes(found) | found.metrics


def _sizes(found: Stored) -> dict[str, float | None]:
    return {"residents": found.weights.get(RESIDENTS), "households": found.weights.get(HOUSEHOLDS)}


def _city(folder: Path, plan: CityPlan, store: Store, replication: int) -> dict[str, Any]:
    """The city in one replication; only its size is known where a street's run failed."""
    keys = [plan.key(street, replication) for street in plan.streets]
    found = [run for key in keys if (run := store.get(key)) is not None and run.status == "done"]
    row: dict[str, Any] = {"replication": replication, "streets": len(keys), "done": len(found)}
    if len(found) < len(keys):
        return row
    parts = [Part(run.metrics, run.weights) for run in found]
    sizes = {
        name: sum(part.weights[weight] for part in parts)
        for name, weight in (("residents", RESIDENTS), ("households", HOUSEHOLDS))
    }
    tables = {name: _kept(folder, name, keys) for name in NEEDED if name in plan.city.keep}
    days = next(iter(plan.scenarios.values())).days
    return row | sizes | pooled(parts, tables, 24.0 * days)


def _kept(folder: Path, table: str, keys: list[str]) -> pd.DataFrame:
    """The rows of all streets of a table that was kept, as far as quantiles need them."""
    return pd.concat(_read(folder, table, keys), ignore_index=True)


def _read(folder: Path, table: str, keys: list[str]) -> Iterator[pd.DataFrame]:
    for key in keys:
        path = folder / TABLES / table / f"{key}.parquet"
        with refusing(path):
            yield pd.read_parquet(path, columns=NEEDED[table])
