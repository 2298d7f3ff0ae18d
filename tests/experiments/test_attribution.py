"""Attribution as a command: what it leaves, nothing lost and nothing twice, what it says to wrong input."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from calling import gongzhi

from experiments.attribution.attributing import Asked, Samples
from experiments.attribution.reading import by_worth, hours_shown, shares, without_worth
from experiments.attribution.tables import INTERACTIONS, TOTALS, WORTH, worth_table
from experiments.engines import pool
from experiments.engines.pool import do_all
from experiments.engines.task import Task, failed
from experiments.store import Store
from scenarios.schema import Mechanisms, Scenario
from scenarios.varying import Variations
from simulation.results.metrics import METRICS

TABLES = ("attribution.parquet", "totals.parquet", "runs.parquet", "interactions.parquet")
FILES = (*TABLES, *(f"attribution.{one}.{kind}" for one in ("en", "zh") for kind in ("png", "svg")))


def write_tiny(*on: str) -> None:
    """A scenario with only some mechanisms on, as a file."""
    switches = ", ".join(f"{name}: {str(name in on).lower()}" for name in Mechanisms.model_fields)
    Path("tiny.yaml").write_text(
        "extends: coordinated\ntitle: {en: Tiny, zh: 微型社区}\ndays: 8\ncommunity: {households: 50}\n"
        f"notices: {{at: [30 h]}}\nmechanisms: {{{switches}}}\n"
    )


def contents(folder: str, names: tuple[str, ...] = FILES) -> dict[str, bytes]:
    return {name: (Path(folder) / name).read_bytes() for name in names}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    write_tiny("tiers", "patrol", "feedback")


TINY = ("attribute", "tiny.yaml", "--replications", 2, "--workers", 1, "--interactions")


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """The folder of an attribution done without interruption, and what was printed."""
    folder = tmp_path_factory.mktemp("whole")
    before = Path.cwd()
    os.chdir(folder)
    try:
        write_tiny("tiers", "patrol", "feedback")
        assert gongzhi(*TINY, "--out", "out") == 0
    finally:
        os.chdir(before)
    return folder / "out"


def test_only_switches_that_are_on_are_permuted(whole):
    runs = pd.read_parquet(whole / "runs.parquet")
    switches = runs[[f"mechanisms.{name}" for name in Mechanisms.model_fields]]
    varying = {name for name in switches if switches[name].nunique() == 2}
    assert varying == {"mechanisms.tiers", "mechanisms.patrol", "mechanisms.feedback"}
    assert not switches.drop(columns=list(varying)).to_numpy().any()
    assert not runs.duplicated([*switches, "seed"]).any()
    assert runs["key"].is_unique
    assert (runs["status"] == "done").all()
    assert set(runs["seed"]) == {1, 2}
    for _, one in runs.groupby("seed"):
        assert len(set(one["fate"])) == 1
        assert {0, 3} <= set(one[list(varying)].sum(axis=1)), "nothing and all"
    assert set(pd.read_parquet(whole / "attribution.parquet")["mechanism"]) == {"tiers", "patrol", "feedback"}


def test_worths_add_up_to_full_less_nothing(whole):
    worth = pd.read_parquet(whole / "attribution.parquet")
    totals = pd.read_parquet(whole / "totals.parquet").set_index("metric")
    assert tuple(worth.columns) == WORTH
    assert ("metric", *totals.columns) == TOTALS
    summed = worth.groupby("metric")["worth"].sum(min_count=1)
    known = totals.index[totals["n"] > 0]
    assert len(known) > 10
    assert summed[known].astype(float).to_numpy() == pytest.approx(
        totals.loc[known, "difference"].astype(float).to_numpy(), abs=1e-9
    )
    assert (totals["full"] - totals["nothing"] - totals["difference"]).abs().max() < 1e-9
    assert float(totals.loc["notice.reach_72h", "difference"]) > 0.0
    assert (
        not worth[worth["metric"].isin(["effort.hours", "effort.hours_per_household"])]["per_hour"]
        .notna()
        .any()
    )


def test_with_two_mechanisms_the_runs_give_the_values_by_the_formula(unrendered):
    write_tiny("tiers", "patrol")
    assert gongzhi(*TINY, "--out", "out") == 0
    runs = pd.read_parquet("out/runs.parquet")
    metric = "notice.reach_72h"
    of = {
        (tiers, patrol): rows.set_index("seed")[metric].astype(float)
        for (tiers, patrol), rows in runs.groupby(["mechanisms.tiers", "mechanisms.patrol"])
    }
    none, tiers, patrol, both = of[False, False], of[True, False], of[False, True], of[True, True]
    worth = pd.read_parquet("out/attribution.parquet").set_index(["metric", "mechanism"])["worth"]
    assert worth[metric, "tiers"] == pytest.approx(((tiers - none) + (both - patrol)).mean() / 2.0)
    assert worth[metric, "patrol"] == pytest.approx(((patrol - none) + (both - tiers)).mean() / 2.0)
    pairs = pd.read_parquet("out/interactions.parquet")
    assert tuple(pairs.columns) == INTERACTIONS
    row = pairs[pairs["metric"] == metric].iloc[0]
    assert (row["first"], row["second"], row["met"], row["n"]) == ("tiers", "patrol", 2, 2)
    assert row["interaction"] == pytest.approx((both - tiers - patrol + none).mean())


def test_any_number_of_workers_gives_the_same_bytes(whole, unrendered):
    assert gongzhi(*TINY, "--out", "pooled", "--workers", 2) == 0
    assert contents("pooled", TABLES) == contents(str(whole), TABLES)


def test_an_interrupted_attribution_goes_on_where_it_was(whole, unrendered, monkeypatch, capsys):
    def some(tasks: Iterator[Task], workers: int) -> Any:
        yield from islice(do_all(tasks, workers), 5)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(pool, "do_all", some)
        assert gongzhi(*TINY, "--out", "out") == 130
    assert "out keeps 5 runs" in capsys.readouterr().err
    assert not Path("out/runs.parquet").exists()
    assert gongzhi(*TINY, "--out", "out") == 0
    assert "5 of " in capsys.readouterr().err
    assert contents("out", TABLES) == contents(str(whole), TABLES)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that kills at once")
def test_a_killed_attribution_goes_on_where_it_was(whole):
    code = textwrap.dedent("""
        import os, signal, sys
        from experiments.command_line import main
        from experiments.engines import pool
        from experiments.engines.pool import do_all

        def some(tasks, workers):
            for number, outcome in enumerate(do_all(tasks, workers)):
                yield outcome
                if number == 6:
                    os.kill(os.getpid(), signal.SIGKILL)

        pool.do_all = some
        main(sys.argv[1:])
    """)
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    arguments = [str(argument) for argument in (*TINY, "--out", "out")]
    done = subprocess.run([sys.executable, "-c", code, *arguments], env=env, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    with Store(Path("out")) as store:
        assert store._file.execute("select count(*) from runs").fetchone()[0] == 7
    assert gongzhi(*TINY, "--out", "out") == 0
    assert contents("out") == contents(str(whole))


@pytest.mark.slow
def test_more_replications_add_to_what_is_there_and_fewer_do_nothing(whole, monkeypatch, capsys):
    assert gongzhi(*TINY, "--out", "out", "--replications", 3) == 0
    capsys.readouterr()
    monkeypatch.setattr(pool, "do_all", lambda tasks, workers: (1 / 0 for _ in tasks))
    assert gongzhi(*TINY, "--out", "out") == 0
    assert contents("out") == contents(str(whole))
    assert gongzhi(*TINY[:-1], "--out", "out") == 0
    assert not Path("out/interactions.parquet").exists(), "an earlier table that is not asked for now"


def test_its_provenance_gives_the_same_again(whole):
    assert gongzhi("attribute", whole / "provenance.json", "--workers", 1, "--out", "again") == 0
    assert contents("again") == contents(str(whole))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (None, "what was asked is missing"),
        ({"replications": "two"}, "replications: 'two'"),
        ({"replications": 0}, "replications: 0"),
        ({"precision": 3}, "precision: 3"),
        ({"precision": "case.on_time=x"}, "half-width"),
    ],
)
def test_a_broken_provenance_gets_one_message(whole, options, says, capsys):
    description = json.loads((whole / "provenance.json").read_text(encoding="utf-8"))
    Path("provenance.json").write_text(json.dumps(description | {"attribute": options}))
    assert gongzhi("attribute", "provenance.json", "--out", "out") == 2
    assert says in capsys.readouterr().err
    assert not Path("out").exists()


@pytest.mark.slow
def test_precision_adds_orders_up_to_the_ceiling(unrendered):
    def orders(*options: object) -> int:
        arguments = ("attribute", "tiny.yaml", "--replications", 2, "--workers", 1, "--out", "out")
        assert gongzhi(*arguments, *options) == 0
        return int(pd.read_parquet("out/attribution.parquet")["orders"].max())

    assert orders("--precision", "effort.hours=1e9") == 2
    assert orders("--precision", "ledger.visits_kept=0.1") == 2, "never known, so more orders are of no use"
    assert orders("--precision", "effort.hours=1e-9", "--at-most", 3) == 3
    assert len(pd.read_parquet("out/runs.parquet")["seed"].unique()) == 3


def test_what_is_null_without_a_mechanism_has_no_worth_and_that_is_said(unrendered, capsys):
    write_tiny("ledger", "tiers")
    assert gongzhi("attribute", "tiny.yaml", "--replications", 2, "--workers", 1, "--out", "out") == 0
    worth = pd.read_parquet("out/attribution.parquet")
    rows = worth[worth["metric"] == "ledger.visits_kept"]
    assert (rows["n"] == 0).all()
    assert rows[["worth", "low", "high", "per_hour"]].isna().all().all()
    runs = pd.read_parquet("out/runs.parquet")
    held = runs["ledger.visits_kept"].notna()
    assert held.any()
    assert held.equals(runs["mechanisms.ledger"])
    assert "Weekly visits held" in capsys.readouterr().out.split("No worth")[1]
    page = Path("out/report.html").read_text(encoding="utf-8")
    for text in ("No worth, as there is no value", "每周走访完成率", "Ledger and pairs", "一人一档与结对"):
        assert text in page


def test_a_run_that_fails_takes_its_order_with_it_and_no_other(unrendered, monkeypatch, capsys):
    def one_fails(tasks: Iterator[Task], workers: int) -> Any:
        for task in tasks:
            broken = task.seed == 2 and not any(task.scenario.mechanisms.model_dump().values())
            yield failed(task, "ValueError: no") if broken else next(do_all([task], 1))

    monkeypatch.setattr(pool, "do_all", one_fails)
    assert gongzhi(*TINY, "--out", "out", "--replications", 3) == 1
    assert "1 of" in capsys.readouterr().err
    worth = pd.read_parquet("out/attribution.parquet")
    assert (worth[worth["metric"] == "effort.hours"]["n"] == 2).all()
    runs = pd.read_parquet("out/runs.parquet")
    assert (runs["status"] == "failed").sum() == 1


@pytest.mark.parametrize(
    ("on", "options", "says"),
    [
        ((), (), "no mechanism is on"),
        (("hub",), ("--interactions",), "only hub is on"),
        (("hub",), ("--precision", "case.on_tim=0.1"), "did you mean 'case.on_time'"),
        (("hub",), ("--precision", "case.on_time=0"), "half-width"),
        (("hub",), ("--precision", "case.on_time"), "half-width"),
        (("hub",), ("--replications", "0"), "--replications"),
        (("hub",), ("--set", "mechanisms.hob=true"), "did you mean 'hub'"),
    ],
)
def test_bad_input_ends_with_two_and_one_clear_message(on, options, says, capsys):
    write_tiny(*on)
    assert gongzhi("attribute", "tiny.yaml", *options, "--out", "out") == 2
    message = capsys.readouterr().err
    assert says in message
    assert "Traceback" not in message
    assert not Path("out").exists()


def test_a_folder_of_another_command_is_refused(whole, capsys):
    assert gongzhi("run", "coordinated", "--days", 8, "--out", whole) == 2
    assert "gongzhi attribute" in capsys.readouterr().err
    assert gongzhi("compare", whole / "provenance.json") == 2
    assert "attribute" in capsys.readouterr().err


# Reading the table ----------------------------------------------------------------------------------------


def test_what_the_table_says_is_read_from_it(made_up_worth):
    table = made_up_worth(Mechanisms.model_fields)
    found = shares(table)
    assert "case.close_h_p90" not in found, "only some orders have a value"
    assert "ledger.visits_kept" not in found
    assert without_worth(table) == (["ledger.visits_kept"], ["case.close_h_p90"])
    best = [share.worth for share in found["satisfaction.mean"]]
    assert (
        by_worth(found, ["satisfaction.mean"])[0]
        == found["satisfaction.mean"][int(np.argmax(best))].mechanism
    )
    shortest = min(found["case.close_h_median"], key=lambda share: share.worth)
    assert by_worth(found, ["case.close_h_median"])[0] == shortest.mechanism, "lower is better"
    assert hours_shown(found) in {1, 10, 100, 1000}
    rows = table[table["n"] == table["orders"]].set_index(["metric", "mechanism"])
    assert len(rows) == 11 * (len(METRICS) - 2)
    assert rows["p_holm"].notna().all()
    assert table[table["n"] < table["orders"]]["p_holm"].isna().all()
    for share in found["case.close_h_median"]:
        row = rows.loc[(share.metric, share.mechanism)]
        assert (row["p"] < 0.05) == (row["low"] > 0.0 or row["high"] < 0.0)
        assert row["p_holm"] >= row["p"]
        clear = row["p_holm"] <= 0.05
        assert share.verdict == ("unclear" if not clear else "worse" if row["worth"] > 0.0 else "better")
    verdicts = {share.verdict for one in found.values() for share in one}
    assert verdicts == {"better", "worse", "other", "unclear"}


def test_what_rounding_leaves_is_no_worth():
    asked = Asked("one", Variations(Scenario.model_validate({"title": "one"}), "one"), 1, 6)
    worth = np.zeros((6, 11, len(METRICS)))
    worth[:, 0, :] = -1e-13
    table = worth_table(asked, Samples(worth, np.full((6, len(METRICS)), 50.0), worth.sum(axis=1), {}))
    assert (table["p"] == 1.0).all()
