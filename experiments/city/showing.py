"""What a finished city shows: a figure and a report in its folder."""

import shlex
from pathlib import Path

import pandas as pd

from experiments import provenance
from experiments.city.plan import CityPlan
from experiments.city.report import TABLES, render
from experiments.city.results import ASKED
from experiments.city.results import TABLES as FILES
from experiments.crate import write_crate
from experiments.files import refusing, write, write_all
from experiments.folders import REPORT
from experiments.messages import LANGUAGES, Language
from experiments.sweeps.results import scenario_files
from experiments.texts import drawn, said

FIGURE = "streets"
SHOWN = (
    "notice.reach_72h",
    "case.found_share",
    "case.close_h_median",
    "case.on_time",
    "satisfaction.mean",
    "effort.hours_per_household",
)
"""Metrics in the figure."""


def show(folder: Path, plan: CityPlan, language: Language) -> None:
    """Write figure, report and metadata of a city whose tables are written.

    Args:
        folder: of the city.
        plan: what was asked.
        language: the one in which the report opens.

    Raises:
        OutputError: a file cannot be read or written.
    """
    from experiments.figures.streets import streets_figure
    from experiments.figures.style import render as render_both
    from experiments.figures.style import render_svg

    with refusing(folder):
        tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES}
    figures: dict[str, bytes] = {}
    narrow: dict[str, bytes] = {}
    for each in LANGUAGES:
        asked = (tables["runs"], tables["city_summary"], SHOWN, each)
        figures |= render_both(streets_figure(*asked), f"{FIGURE}.{each}")
        narrow |= render_svg(streets_figure(*asked, narrow=True), f"{FIGURE}.{each}")
    write_all(folder, figures)
    description = provenance.described(folder / provenance.FILE)
    command = f"gongzhi sweep {shlex.quote(str(folder / ASKED))}"
    figure = drawn(FIGURE, said("streets_alt"), figures, narrow)
    write(folder / REPORT, render(plan, tables, figure, description["versions"], command, language))
    inputs = [ASKED, *scenario_files(plan.scenarios)]
    files = [*FILES, provenance.FILE, *inputs, *figures, REPORT]
    write_crate(folder, files, description, inputs, plan.city.keep)
