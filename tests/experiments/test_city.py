"""A city: its totals are those of the rows of all streets, and no two runs share a seed."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.city.doing import do_city
from experiments.city.plan import is_city, read_city, seed_of
from experiments.city.results import TABLES, write_asked, write_results
from experiments.city.showing import show
from experiments.command_line import main
from experiments.engines.task import do, failed
from experiments.folders import claim
from experiments.store import Store
from scenarios import load
from scenarios.errors import ScenarioError
from simulation.results.metrics import METRICS
from simulation.results.pooling import QUANTILES
from simulation.results.survival import quantile
from simulation.run import run

DAYS = 60
KEPT = ("cases", "work", "notices", "projects")
ASKED = f"""
base: street
set: {{days: {DAYS}, community.communities: 1, community.households: 200}}
streets:
  old: {{count: 2, scenario: ageing_estate}}
  new: {{set: {{mechanisms.tiers: false, community.households: 300}}}}
replications: 2
seed: 7
keep: [{", ".join(KEPT)}]
"""


def one_by_one(tasks):
    yield from map(do, tasks)


def last_first(tasks):
    yield from map(do, reversed(list(tasks)))


def done(folder: Path, text: str = ASKED, engine=one_by_one) -> dict[str, bytes]:
    """The tables of a city."""
    file = folder.with_suffix(".yaml")
    file.write_text(text, encoding="utf-8")
    plan = read_city(file)
    claim(folder, "city")
    with Store(folder) as store:
        write_asked(folder, plan)
        do_city(plan, store, engine, lambda outcome, now: None)
        write_results(folder, plan, store)
    return {name: (folder / name).read_bytes() for name in TABLES}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city") / "town"
    done(folder)
    return folder


def rows_of(town: Path, table: str, replication: int) -> pd.DataFrame:
    """The rows of a kept table of all streets in a replication."""
    runs = pd.read_parquet(town / "runs.parquet").query("replication == @replication")
    parts = [pd.read_parquet(town / "tables" / table / f"{key}.parquet") for key in runs["key"]]
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize("replication", [1, 2])
def test_totals_are_those_of_the_rows_of_all_streets(town, replication):
    row = pd.read_parquet(town / "city.parquet").set_index("replication").loc[replication]
    cases, work, notices, projects = (rows_of(town, table, replication) for table in KEPT)
    households = 200 + 200 + 300
    listed = cases.dropna(subset="uploaded_h")
    took = listed["resolved_h"].fillna(24.0 * DAYS) - listed["uploaded_h"]
    assert row["streets"] == row["done"] == 3
    assert row["households"] == households
    assert row["case.count"] == len(cases) > 50
    assert row["effort.hours"] == pytest.approx(work["hours"].sum())
    assert row["effort.hours_per_household"] == pytest.approx(work["hours"].sum() / households)
    assert row["case.found_share"] == pytest.approx(cases["found_h"].notna().mean())
    assert row["case.orphan_h_mean"] == pytest.approx(cases.dropna(subset="dispatched_h")["orphan_h"].mean())
    assert row["notice.reach_72h"] == pytest.approx(notices["reach_72h"].mean())
    assert row["case.close_h_median"] == quantile(took, listed["resolved_h"].notna(), 0.5)
    assert row["council.topics_waiting"] == (projects["state"] == "waiting").sum()
    assert np.isnan(row["satisfaction.p10"])


def test_satisfaction_is_weighted_by_residents(town):
    runs = pd.read_parquet(town / "runs.parquet").query("replication == 1")
    plan = read_city(town / "city.yaml")
    expected = []
    for street, row in zip(plan.streets, runs.itertuples(), strict=True):
        result = run(plan.scenarios[street.group], row.seed)
        residents = result.tables["buildings"]["residents"].sum()
        assert residents == row.residents
        expected.append((result.metrics["satisfaction.mean"], residents))
    city = pd.read_parquet(town / "city.parquet").set_index("replication").loc[1]
    means, weights = zip(*expected, strict=True)
    assert city["satisfaction.mean"] == pytest.approx(np.average(means, weights=weights))
    assert len({*weights}) > 1, "else the weights are not tried"


def test_the_summary_says_how_each_metric_was_put_together(town):
    city = pd.read_parquet(town / "city.parquet")
    summary = pd.read_parquet(town / "city_summary.parquet").set_index("metric")
    assert list(summary.index) == list(METRICS)
    assert summary.loc["case.count", "how"] == "sum"
    assert summary.loc["case.on_time", "how"] == "weighted mean"
    assert summary.loc["case.close_h_median", "how"] == "computed from all rows of cases"
    assert summary.loc["satisfaction.p10", "how"] == "null: a quantile"
    values = city["effort.hours"]
    half = 12.706204736174694 * values.std(ddof=1) / np.sqrt(2)  # Student's t, 1 degree of freedom, 97.5 %
    assert summary.loc["effort.hours", "mean"] == pytest.approx(values.mean())
    assert summary.loc["effort.hours", "high"] - values.mean() == pytest.approx(half)


def test_quantiles_are_null_where_their_tables_are_not_kept(tmp_path):
    done(tmp_path / "bare", ASKED.replace(", ".join(KEPT), "").replace("replications: 2", "replications: 1"))
    city = pd.read_parquet(tmp_path / "bare" / "city.parquet")
    assert city[list(QUANTILES)].isna().all(axis=None)
    summary = pd.read_parquet(tmp_path / "bare" / "city_summary.parquet").set_index("metric")
    assert summary.loc["case.close_h_p90", "how"] == "null: a quantile; keep cases"
    assert city["case.count"].notna().all()


def test_order_of_runs_and_the_folder_it_is_asked_from_change_no_byte(town, tmp_path):
    first = {name: (town / name).read_bytes() for name in TABLES}
    assert done(tmp_path / "backwards", engine=last_first) == first
    main(["sweep", str(town / "city.yaml"), "--out", str(tmp_path / "again"), "--workers", "1"])
    assert {name: (tmp_path / "again" / name).read_bytes() for name in TABLES} == first
    results = json.loads((town / "provenance.json").read_text(encoding="utf-8"))["results"]
    assert set(results) == set(TABLES)


def test_seeds_follow_from_names_and_never_meet(tmp_path):
    file = tmp_path / "city.yaml"
    file.write_text(ASKED)
    small = read_city(file)
    file.write_text(ASKED.replace("replications: 2", "replications: 9").replace("count: 2", "count: 40"))
    large = read_city(file)
    seeds = {(s.name, r): large.seed(s, r) for s in large.streets for r in range(1, 10)}
    assert len(set(seeds.values())) == len(seeds) == 41 * 9
    assert all(0 <= seed < 2**62 for seed in seeds.values())
    for street in small.streets:
        assert [small.seed(street, r) for r in (1, 2)] == [seeds[street.name, r] for r in (1, 2)]
    assert seed_of(7, "new", 1) == 0x1761023544A77B47  # sha256sum of "7 new 1", its first 16 digits, over 4
    assert seed_of(8, "new", 1) != seed_of(7, "new", 1)


def test_a_city_whose_street_failed_has_no_totals_in_that_replication(tmp_path):
    def one_fails(tasks):
        for task in tasks:
            yield failed(task, "boom") if task.name == "old-2" and not fell else do(task)
            if task.name == "old-2":
                fell.append(task)

    fell: list[object] = []
    done(tmp_path / "city", engine=one_fails)
    city = pd.read_parquet(tmp_path / "city" / "city.parquet").set_index("replication")
    assert list(city["done"]) == [2, 3]
    assert city.loc[1, list(METRICS)].isna().all()
    assert city.loc[2, "case.count"] > 0
    runs = pd.read_parquet(tmp_path / "city" / "runs.parquet")
    assert list(runs.query("status == 'failed'")["error"]) == ["boom"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("count: 2", "count: 0", ":5:"),
        ("count: 2", "counts: 2", "counts"),
        ("scenario: ageing_estate", "scenario: ageing_state", "ageing_estate"),
        ("old:", "old/town:", "no name of a street"),
        ("old:", "new-1: {}\n  old:", "ok"),
        ("count: 2, ", "count: 2, set: {days: 30}, ", "the same days"),
        ("mechanisms.tiers: false", "mechanisms.tears: false", "did you mean 'tiers'"),
        ("keep: [cases", "keep: [caes", "did you mean 'cases'"),
        ("replications: 2", "replications: 100000\n", "ok"),
        ("count: 2", "count: 9999", "ok"),
        ("count: 2", "count: 10000", "at most 10,000"),
    ],
)
def test_what_is_wrong_in_a_city_file_has_its_place(tmp_path, old, new, said):
    file = tmp_path / "city.yaml"
    file.write_text(ASKED.replace(old, new))
    assert ASKED.count(old) == 1
    if said == "ok":
        read_city(file)
        return
    with pytest.raises(ScenarioError) as refused:
        read_city(file)
    message = str(refused.value)
    assert message.startswith(f"{file}:")
    assert said in message


def test_two_streets_of_one_name_are_refused(tmp_path):
    file = tmp_path / "city.yaml"
    file.write_text(ASKED.replace("  new:", "  old-1:"))
    with pytest.raises(ScenarioError, match="two streets are called 'old-1'"):
        read_city(file)


def test_a_city_is_told_from_a_sweep_and_keeps_to_its_own_folder(town, tmp_path, capsys):
    sweep = tmp_path / "sweep.yaml"
    sweep.write_text("factors: {mechanisms.tiers: [true, false]}\n")
    assert not is_city(sweep)
    assert is_city(town / "city.yaml")
    with pytest.raises(SystemExit) as ended:
        main(["sweep", str(sweep), "--out", str(town)])
    assert ended.value.code == 2
    assert "choose another --out" in capsys.readouterr().err


def test_the_shipped_city_has_twenty_streets():
    file = Path(__file__).parents[2] / "experiments" / "examples" / "city.yaml"
    plan = read_city(file)
    assert len(plan.streets) == 20
    assert load("street").community.communities == 10


def test_the_folder_describes_the_tables_that_are_kept(town):
    show(town, read_city(town.with_suffix(".yaml")), "en")
    graph = json.loads((town / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    found = {entity["@id"]: entity for entity in graph}
    parts = [part["@id"] for part in found["./"]["hasPart"]]
    assert [part for part in parts if part.endswith("/")] == [f"tables/{name}/" for name in KEPT]
    for name in KEPT:
        columns = pd.read_parquet(town / "tables" / name).columns
        assert [found[each["@id"]]["name"] for each in found[f"tables/{name}/"]["variableMeasured"]] == [
            *columns
        ]
