"""The data dictionary is held against the tables of real runs, and the pages about tables against it."""

import re
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from calling import compared

from agents.working_time import ACTIVITIES, ROLES
from experiments.attribution import attributing
from experiments.attribution.tables import interactions_table, runs_table, totals_table, worth_table
from experiments.city import results as city_results
from experiments.city.doing import do_city
from experiments.city.plan import read_city
from experiments.dictionary import PAGES, Column, page, tables, unit_in
from experiments.engines.pool import do_all
from experiments.files import parquet
from experiments.messages import LANGUAGES
from experiments.sensitivity import discovery
from experiments.sensitivity.writing import write_sensitivity
from experiments.store import Store
from experiments.sweeps.plan import read_plan
from experiments.sweeps.sweeping import do_sweep
from experiments.sweeps.tables import write_points, write_runs
from scenarios import load
from scenarios.schema import Scenario
from scenarios.varying import Variations
from simulation.case import FINDERS
from simulation.community.providers import KINDS
from simulation.council.projects import STATES
from simulation.council.topics import SOURCES, TOPICS
from simulation.fate import AUDIENCES
from simulation.notices import spread
from simulation.resources import listing
from simulation.resources.offers import OFFERS
from simulation.resources.resource_tables import PARTS
from simulation.resources.wants import SLOTS, WANTS
from simulation.results.metrics import METRICS
from simulation.run import run
from simulation.satisfaction.evening import CAUSES, GROUPS

ROOT = Path(__file__).parents[2]
FACTORS = ["digital.automation", "policy"]
SWEEP = """
set: {days: 8, community.households: 50}
factors:
  digital.automation: [0.5, 1]
  policy: {as it is: {}, bold: {mechanisms.tiers: false}}
design: {kind: morris, size: 2, levels: 2}
replications: 2
"""
CITY = """
base: coordinated
set: {days: 8, community.households: 50}
streets: {east: {count: 2}, west: {}}
replications: 2
"""
TEXT = {"str": "string"}
"""Two of pandas' names for a column of texts."""
WORDS = {
    ("notices", "audience"): AUDIENCES,
    ("cases", "found_by"): FINDERS,
    ("work", "role"): (*ROLES, "command_centre", "clerk"),
    ("work", "activity"): (*ACTIVITIES, "sort", "solve"),
    ("projects", "topic"): TOPICS,
    ("projects", "source"): SOURCES,
    ("projects", "state"): STATES,
    ("resources", "type"): (*WANTS, *OFFERS),
    ("resources", "slot"): SLOTS,
    ("resources", "channel"): listing.CHANNELS[1:],
    ("bundles", "slot"): SLOTS,
    ("bundles", "refused_by"): PARTS[:3],
    ("satisfaction", "cause"): CAUSES,
    ("satisfaction", "group"): GROUPS,
    ("honours", "kind"): KINDS,
    ("willingness", "kind"): KINDS,
    ("spread", "channel"): spread.CHANNELS,
}
"""Columns whose words the code has in one place."""
UNITS = {
    "_h": ("h", "working h", "h after issue"),
    "_d": ("days",),
    "_m": ("m",),
    "_m2": ("m²",),
    "_km2": ("km²",),
}
"""Endings of names that say a unit."""
PARTS_OF_ONE = ("share", "probability", "0–1")
NUMBERS = ("float64", "Float64", "int32", "int64", "Int64")
SHARES = re.compile(r"(^|_)share$|^reach_\d+h|^reach_.*_vulnerable$")

Asked = list[tuple[Scenario, dict[str, pd.DataFrame]]]


@pytest.fixture(scope="module")
def written(scenario, tmp_path_factory) -> Asked:
    """Tables as they are read back from files: of runs unlike each other, and of one result of each kind."""
    small = scenario({"notices.at": ("30 h",), "days": 15})
    months = {"days": 70, "community.households": 120, "community.buildings.condition_mean": 0.3}
    asked = [small, *(load(name, months) for name in ("coordinated", "fragmented", "pressured"))]
    all_tables = [run(each, 1, trace=True).tables for each in asked]
    both = compared(tmp_path_factory.mktemp("compare"), {"one": small, "other": small}, [1, 2])
    all_tables[0] |= {"runs": both.runs, "comparison": both.table}
    for kind, left in (("sweep", sweep_tables), ("city", city_tables), ("attribute", attribution_tables)):
        all_tables[0] |= left(tmp_path_factory.mktemp(kind))
    return [
        (each, {name: pd.read_parquet(BytesIO(parquet(table))) for name, table in found.items()})
        for each, found in zip(asked, all_tables, strict=True)
    ]


def sweep_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a sweep without the columns of its factors, by their names in the dictionary."""
    (folder / "asked.yaml").write_text(SWEEP, encoding="utf-8")
    plan = read_plan(folder / "asked.yaml")
    with Store(folder) as store:
        do_sweep(plan, store, partial(do_all, workers=1), lambda *_: None)
        write_runs(folder, plan, store)
        write_points(folder, plan, store)
        write_sensitivity(folder, plan)
    box = discovery.Box(
        {"policy": discovery.Limit(words=("bold",)), "digital.automation": discovery.Limit(high=0.7)}, 5, 5
    )
    found = discovery.Discovery([box], 10, 5, {}, 1.0, 1.0, 0.01)
    discovery.table(found).to_parquet(folder / "discovery.parquet")
    return {
        name: table.drop(columns=FACTORS, errors="ignore") for name, table in read(folder, "sweep").items()
    }


def city_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of a city."""
    (folder / "asked.yaml").write_text(CITY, encoding="utf-8")
    plan = read_city(folder / "asked.yaml")
    with Store(folder) as store:
        city_results.write_asked(folder, plan)
        do_city(plan, store, partial(do_all, workers=1), lambda *_: None)
        city_results.write_results(folder, plan, store)
    return read(folder, "city")


def attribution_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables of an attribution without the columns of its switches."""
    off = {f"mechanisms.{name}": False for name in type(Scenario(title="").mechanisms).model_fields}
    on = {"mechanisms.tiers": True, "mechanisms.patrol": True}
    base = load("coordinated", {"days": 8, "community.households": 50} | off | on)
    what = attributing.Asked("small", Variations(base, "small"), 1, 2, pairs=True)
    with Store(folder) as store:
        orders = attributing.attribute(what, store, partial(do_all, workers=1), lambda *_: None)
        samples = attributing.gather(what, store, orders)
        runs = runs_table(what, store, orders)
    return {
        "attribution": worth_table(what, samples),
        "totals": totals_table(samples),
        "interactions": interactions_table(what, samples),
        "attribute_runs": runs[[name for name in runs if not name.startswith("mechanisms.")]],
    }


def read(folder: Path, kind: str) -> dict[str, pd.DataFrame]:
    """The tables of a result of some kind, by their names in the dictionary."""
    own = [table for table in tables().values() if table.of == kind]
    return {table.name: pd.read_parquet(folder / f"{table.stem}.parquet") for table in own}


def held(written: Asked, table: str, column: str) -> list[tuple[Scenario, "pd.Series[Any]"]]:
    """A column of every run that left its table."""
    return [(asked, found[table][column]) for asked, found in written if table in found]


def test_tables_are_those_that_runs_and_comparisons_leave(written):
    searched = {
        name for name, table in tables().items() if table.of == "optimise"
    }  # see search/test_showing.py
    assert set(tables()) - searched == set(written[0][1])
    left_by_a_run = {name for name, table in tables().items() if table.of in {"run", "trace"}}
    assert all(set(found) == left_by_a_run for _, found in written[1:])
    assert {name for name, table in tables().items() if table.of == "trace"} == {"spread"}


@pytest.mark.parametrize("name", tables())
def test_columns_and_types_are_those_of_the_files(written, name):
    for _, found in written:
        if name in found:
            types = {
                str(column): TEXT.get(str(kind), str(kind)) for column, kind in found[name].dtypes.items()
            }
            assert [(column.name, column.type) for column in tables()[name].all_columns()] == list(
                types.items()
            )


@pytest.mark.parametrize("table", tables())
def test_no_value_is_missing_where_none_may_be(written, table):
    for column in tables()[table].all_columns():
        missing = any(values.isna().any() for _, values in held(written, table, column.name))
        assert column.nullable or not missing, column.name


def allowed(column: Column, asked: Scenario) -> set[str]:
    """Every word that a column of words can hold in a run of a scenario."""
    if column.names == "metrics":
        return {*column.words, *METRICS}
    part: Any = asked.model_dump()
    for name in column.names.split(".") if column.names else ():
        part = part[name]
    return {*column.words, *(part if column.names else ())}


@pytest.mark.parametrize("table", tables())
def test_words_that_occur_are_in_the_dictionary(written, table):
    for column in tables()[table].columns:
        if column.words or column.names:
            for asked, values in held(written, table, column.name):
                assert set(values.dropna()) <= allowed(column, asked), column.name


def test_words_of_the_dictionary_are_those_of_the_code(written):
    known = {name: {each.name: each for each in table.columns} for name, table in tables().items()}
    for (table, column), words in WORDS.items():
        assert set(known[table][column].words) == set(words), f"{table}.{column}"
        seen = set().union(*(values.dropna() for _, values in held(written, table, column)))
        assert seen or (table, column) == ("bundles", "refused_by"), f"no run has a word in {table}.{column}"


@pytest.mark.parametrize("table", tables())
def test_units_fit_names_types_and_values(written, table):
    for column in tables()[table].all_columns():
        ending = re.search(r"_(h|d|m2|km2|m)$", column.name)
        assert not ending or column.unit in UNITS[ending[0]], column.name
        assert not SHARES.search(column.name) or column.unit == "share", column.name
        assert column.type in NUMBERS or column.unit == "", column.name
        if column.unit in PARTS_OF_ONE and column.name != "pairing_gain" and table != "weights":
            for _, values in held(written, table, column.name):
                assert values.dropna().between(0.0, 1.0).all(), column.name


def test_every_column_says_what_it_is_in_both_languages():
    units = set()
    for table in tables().values():
        for what in (table, *table.columns):
            assert what.en
            assert not re.search("[\u4e00-\u9fff]", what.en), what.name
            assert re.search("[\u4e00-\u9fff]", what.zh) or what.name == "after_h", what.name
        units |= {column.unit for column in table.columns} - {""}
    assert all(unit_in(unit, "zh") for unit in units)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_about_tables_are_written_from_the_dictionary(language):
    text = (ROOT / PAGES[language]).read_text(encoding="utf-8")
    assert text.split("\n## ", 1)[1] == page(language).removeprefix("## "), (
        "run python3 -m experiments.dictionary"
    )


def test_a_page_has_a_row_per_column_with_its_words_marked():
    cases = page("en").split("\n## cases\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", cases, re.MULTILINE)
    assert rows == [column.name for column in tables()["cases"].columns]
    assert "| `tracker`, `coordinator` |" in cases
    assert "| names in `handlers` |" in cases
    assert "`patrol`: seen" in cases
    assert "`handlers` 中的名称" in page("zh")
