"""The tables of a sweep, written run by run, so that their number does not matter."""

import json
from collections.abc import Iterator
from itertools import batched, groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.files import replacing
from experiments.statistics import t_interval
from experiments.store import Planned, Store
from experiments.sweeps.factors import SCENARIO
from experiments.sweeps.plan import Space
from simulation.results.metrics import METRICS

ROWS = 5_000
"""Rows held at a time."""
_TEXTS = ("title", "parameters", "status", "error", "key", "fate")
_POINT_NUMBERS = ("mean", "low", "high", "sd")


def write_runs(folder: Path, plan: Space, store: Store) -> None:
    """Write ``runs.parquet``: a row per run in order of point and seed, the same bytes whatever led there."""
    schema = pa.schema(
        [
            ("scenario", pa.string()),
            ("point", pa.int64()),
            *factor_types(plan).items(),
            *((name, pa.string()) for name in _TEXTS[:2]),
            ("seed", pa.int64()),
            *((name, pa.string()) for name in _TEXTS[2:]),
            *((name, pa.float64()) for name in METRICS),
        ]
    )
    write_rows(folder / "runs.parquet", schema, (_run(plan, run) for run in store.planned()))


def write_points(folder: Path, plan: Space, store: Store) -> None:
    """Write ``points.parquet``: a row per point and metric, with mean, interval and spread over its runs."""
    schema = pa.schema(
        [
            ("scenario", pa.string()),
            ("point", pa.int64()),
            *factor_types(plan).items(),
            ("metric", pa.string()),
            ("runs", pa.int64()),
            ("n", pa.int64()),
            *((name, pa.float64()) for name in _POINT_NUMBERS),
        ]
    )
    write_rows(folder / "points.parquet", schema, _points(plan, store))


def _run(plan: Space, run: Planned) -> dict[str, Any]:
    point = plan.points[run.point]
    row: dict[str, Any] = {"scenario": plan.name(point), "point": run.point, **point}
    row |= {
        "title": plan.title(point),
        "parameters": plan.parameters(point),
        "seed": run.seed,
        "key": run.key,
    }
    if run.stored is None:
        return row | {"status": "missing"}
    found = run.stored
    return row | {"status": found.status, "error": found.error, "fate": found.fate} | found.metrics


def _points(plan: Space, store: Store) -> Iterator[dict[str, Any]]:
    for number, runs in groupby(store.planned(), key=attrgetter("point")):
        point = plan.points[number]
        rows = [run.stored.metrics if run.stored is not None else {} for run in runs]
        values = pd.DataFrame(rows, columns=list(METRICS), dtype="float64")
        intervals = t_interval(values).assign(sd=values.std())
        for metric, row in intervals.iterrows():
            known = {name: None if pd.isna(row[name]) else float(row[name]) for name in _POINT_NUMBERS}
            yield {
                "scenario": plan.name(point),
                "point": number,
                **point,
                "metric": metric,
                "runs": len(rows),
                "n": int(row["n"]),
                **known,
            }


def factor_types(plan: Space) -> dict[str, pa.DataType]:
    """The type of each factor's column, the one that holds all its values; scenarios have one already."""
    types = {}
    for factor in (each for each in plan.factors if each.name != SCENARIO):
        labels = [point[factor.name] for point in plan.points if factor.name in point]
        kinds = {type(label) for label in labels}
        if kinds <= {bool}:
            types[factor.name] = pa.bool_()
        elif kinds <= {int}:
            types[factor.name] = pa.int64()
        elif kinds <= {int, float}:
            types[factor.name] = pa.float64()
        else:
            types[factor.name] = pa.string()
    return types


def write_rows(path: Path, schema: pa.Schema, rows: Iterator[dict[str, Any]]) -> None:
    """Write a table as it comes; columns that a row does not have are null in it."""
    texts = [field.name for field in schema if field.type == pa.string()]
    with replacing(path) as temporary, pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
        for batch in batched(rows, ROWS):
            columns = {
                name: [_text(row.get(name)) if name in texts else row.get(name) for row in batch]
                for name in schema.names
            }
            writer.write_table(pa.table(columns, schema=schema))


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
