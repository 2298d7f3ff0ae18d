"""What the folder of an attribution holds beside its runs."""

from pathlib import Path
from typing import Any

import pandas as pd

from experiments import provenance
from experiments.attribution.attributing import Asked, gather
from experiments.attribution.report import render
from experiments.attribution.tables import interactions_table, runs_table, totals_table, worth_table
from experiments.crate import write_crate
from experiments.files import parquet, write_all
from experiments.folders import REPORT, clear
from experiments.messages import LANGUAGES, Language
from experiments.results import hashes
from experiments.store import Store

WORTH = "attribution"
INTERACTIONS = "interactions.parquet"


def write_asked(folder: Path, asked: Asked) -> None:
    """Write, before anything is run, what is asked.

    Raises:
        OutputError: it cannot be written.
    """
    write_all(folder, provenance.files(_described(asked, asked.orders, {})))


def write_results(
    folder: Path, asked: Asked, store: Store, orders: int, language: Language
) -> dict[str, pd.DataFrame]:
    """Write tables, figures and the report of an attribution that was done to its end.

    Returns:
        The tables by name.
    """
    from experiments.figures.attribution import attribution_figure
    from experiments.figures.style import render as draw

    samples = gather(asked, store, orders)
    tables = {
        WORTH: worth_table(asked, samples),
        "totals": totals_table(samples),
        "runs": runs_table(asked, store, orders),
    }
    if asked.pairs:
        tables["interactions"] = interactions_table(asked, samples)
    files = {f"{name}.parquet": parquet(table) for name, table in tables.items()}
    title = asked.base.base.title
    figures: dict[str, bytes] = {}
    for one in LANGUAGES:
        figures |= draw(attribution_figure(tables[WORTH], title, one), f"{WORTH}.{one}")
    description = _described(asked, orders, hashes(files))
    command = f"gongzhi attribute {folder}/{provenance.FILE}"
    report = render(asked, tables, figures, description["versions"], command, language)
    recorded = provenance.files(description)
    write_all(folder, {**recorded, **files, **figures, REPORT: report})
    names = [*recorded, *files, *figures, REPORT]
    write_crate(folder, names, description, provenance.inputs(description))
    if not asked.pairs:
        clear(folder, [INTERACTIONS])
    return tables


def _described(asked: Asked, orders: int, results: dict[str, str]) -> dict[str, Any]:
    scenarios = {asked.name: asked.base.base}
    description = provenance.describe("attribute", scenarios, asked.seeds(orders), results)
    wanted = asked.precision
    description["attribute"] = {
        "replications": asked.orders,
        "interactions": asked.pairs,
        "precision": None if wanted is None else f"{wanted.metric}={wanted.half_width!r}",
        "at_most": None if wanted is None else wanted.at_most,
    }
    return description
