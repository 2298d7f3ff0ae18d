# ruff: noqa: E501 - a wrong file and what is said of it stand on one line
"""Searches: a known front is found, the same bytes come out whatever happens, and nothing is claimed by luck alone."""

import contextlib
import hashlib
import io
import json
import re
import sys
from collections.abc import Generator, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from rich.cells import cell_len
from rich.console import Console

from experiments.command_line import main
from experiments.dictionary import tables
from experiments.engines.task import Outcome, Task
from experiments.figures.front import front_figure
from experiments.figures.style import NARROW
from experiments.findings import with_half
from experiments.messages import LANGUAGES
from experiments.search.genetic import Genetic
from experiments.search.pareto import on_front
from experiments.search.plan import SearchPlan, read_search
from experiments.search.printing import print_front
from experiments.search.results import TABLES, write_asked, write_results
from experiments.search.searching import do_search, holes
from experiments.store import Store

MADE_UP = """
set: {days: 8, community.households: 50}
factors:
  digital.automation: {low: 0, high: 1}
  patrol.meets: {low: 0, high: 1}
  ledger.omitted: {low: 0, high: 1}
  ledger.noticed: {low: 0, high: 1}
outcomes: {satisfaction.mean: max, effort.hours: min}
replications: 3
seed: 7
trials: 60
population: 12
"""
REAL = """
set: {days: 8, community.households: 50}
factors:
  patrol.full_time_workers: [0, 1]
  minutes.branch: {low: 30 min, high: 4 h}
  staffing: {full: {}, no hub: {mechanisms.hub: false}}
outcomes: {satisfaction.mean: , effort.hours_per_household: min}
replications: 2
trials: 8
population: 4
"""
SHARES = ("digital.automation", "patrol.meets", "ledger.omitted", "ledger.noticed")


def plan_of(folder: Path, text: str = MADE_UP) -> SearchPlan:
    (folder / "asked.yaml").write_text(text, encoding="utf-8")
    return read_search(folder / "asked.yaml")


def shares(scenario) -> list[float]:
    return [
        scenario.digital.automation,
        scenario.patrol.meets,
        scenario.ledger.omitted,
        scenario.ledger.noticed,
    ]


def zdt1(point: Iterable[float]) -> tuple[float, float]:
    """Zitzler, Deb and Thiele's first problem, both outcomes to be small: the front is 1 - √f1, where the rest is 0."""
    first, *rest = point
    far = 1.0 + 9.0 * float(np.mean(rest))
    return first, far * (1.0 - (first / far) ** 0.5)


def made_up(tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
    """Runs that are not lived: the problem's outcomes, with some chance in them that seeds have in common."""
    for task in tasks:
        cost, loss = zdt1(shares(task.scenario))
        luck = 0.01 * float(np.random.default_rng(task.seed).normal())
        metrics = {"satisfaction.mean": -loss + luck, "effort.hours": cost + luck}
        yield Outcome(task.name, task.seed, "done", key=task.key, metrics=metrics)


def volume(costs: np.ndarray) -> float:
    """Area that points dominate below (1.1, 1.1)."""
    area, last = 0.0, 1.1
    for cost, loss in sorted(map(tuple, costs)):
        if cost < 1.1 and loss < last:
            area += (1.1 - cost) * (last - loss)
            last = loss
    return area


def silent(*_: object) -> None:
    pass


def test_a_known_front_is_found_better_than_by_chance(tmp_path):
    exact = np.linspace(0.0, 1.0, 1001)
    best = volume(np.column_stack([exact, 1.0 - exact**0.5]))
    found, drawn = [], []
    for seed in range(5):
        genetic = Genetic(plan_of(tmp_path).factors, {"loss": "min", "benefit": "max"}, 20, seed)
        costs: list[tuple[float, float]] = []
        for _ in range(15):
            new = [zdt1(point[name] for name in SHARES) for point in genetic.ask(20)]
            genetic.tell([(cost, -loss) for cost, loss in new])
            costs += new
        found.append(volume(np.array(costs)))
        random = np.random.default_rng(seed).random((300, 4))
        drawn.append(volume(np.array([zdt1(point) for point in random])))
    assert min(found) > max(drawn)
    assert np.mean(found) > 0.7 * best
    assert np.mean(drawn) < 0.4 * best


@pytest.mark.parametrize("directions", [("min", "min"), ("max", "min"), ("max", "min", "max")])
def test_a_front_is_exactly_what_nothing_beats(directions):
    values = np.random.default_rng(4).integers(0, 6, (120, len(directions))).astype(float)
    values[::17, 0] = np.nan

    def beats(one, other) -> bool:
        pairs = [
            (a, b) if way == "max" else (-a, -b) for a, b, way in zip(one, other, directions, strict=True)
        ]
        return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)

    known = [each for each in values if not np.isnan(each).any()]
    expected = [
        not np.isnan(each).any() and not any(beats(other, each) for other in known) for each in values
    ]
    assert on_front(values, directions).tolist() == expected
    assert 0 < sum(expected) < len(known)


def searched(
    folder: Path, engine=made_up, text: str = MADE_UP
) -> tuple[SearchPlan, pd.DataFrame, pd.DataFrame]:
    plan = plan_of(folder, text)
    with Store(folder / "out") as store:
        write_asked(folder / "out", plan)
        write_results(folder / "out", plan, store, do_search(plan, store, engine, silent))
    read = [pd.read_parquet(folder / "out" / name) for name in ("trials.parquet", "front.parquet")]
    return plan, read[0], read[1]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[Path, SearchPlan, pd.DataFrame, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("whole")
    return folder, *searched(folder)


def test_trials_say_how_they_came_out_and_the_front_is_the_best_of_them(whole):
    _, plan, trials, front = whole
    assert trials["trial"].tolist() == list(range(61))
    assert trials["generation"].tolist() == [0] + [g for g in range(1, 6) for _ in range(12)]
    assert trials[list(SHARES)].iloc[0].isna().all()
    means = trials[["satisfaction.mean.mean", "effort.hours.mean"]].to_numpy()[1:]
    assert trials["on_front"].tolist() == [False, *on_front(means, ["max", "min"]).tolist()]
    assert front["what"].tolist() == ["base"] + ["front"] * (len(front) - 1)
    assert front["alike"].sum() == trials["on_front"].sum()
    assert set(front["trial"].iloc[1:]) <= set(trials.loc[trials["on_front"], "trial"])
    assert front["satisfaction.mean.chosen"].iloc[1:].is_monotonic_decreasing
    one = front.iloc[1]
    assert plan.scenario(one["trial"]).digital.automation == one["digital.automation"]


def test_the_front_is_judged_by_seeds_that_had_no_part_in_choosing_it(whole):
    folder, plan, _, front = whole
    assert set(plan.seeds).isdisjoint(plan.fresh)
    runs = pd.read_parquet(folder / "out" / "runs.parquet")
    assert set(runs["seed"]) == {*plan.seeds, *plan.fresh}
    judged = runs[runs["seed"].isin(plan.fresh)]
    assert sorted(judged["point"].unique()) == sorted(front["trial"])
    for row in front.to_dict("records"):
        fresh = judged.loc[judged["point"] == row["trial"], "effort.hours"]
        old = runs.loc[runs["seed"].isin(plan.seeds) & (runs["point"] == row["trial"]), "effort.hours"]
        assert (len(fresh), len(old)) == (3, 3)
        assert row["effort.hours.mean"] == pytest.approx(fresh.mean())
        assert row["effort.hours.chosen"] == pytest.approx(old.mean())
        half = 4.302652729911275 * fresh.sem()  # Student's t, 2 degrees
        assert row["effort.hours.high"] - row["effort.hours.mean"] == pytest.approx(half)
    assert front["effort.hours.diff_high"].iloc[1:].to_numpy() == pytest.approx(
        front["effort.hours.diff"].iloc[1:].to_numpy()  # luck is common to all settings: pairing removes it
    )


def bytes_of(folder: Path) -> dict[str, bytes]:
    figures = [f"front.{language}.{kind}" for language in LANGUAGES for kind in ("png", "svg")]
    names = (*TABLES, "search.yaml", *figures)
    return {name: (folder / "out" / name).read_bytes() for name in names}


def test_an_interrupted_search_goes_on_to_the_same_bytes_and_runs_nothing_twice(whole, tmp_path):
    ran: list[str] = []

    def stopping(tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        for outcome in made_up(tasks):
            if len(ran) in {20, 100, 195}:
                ran.append("interrupt")
                raise KeyboardInterrupt
            ran.append(outcome.key)
            yield outcome

    for _ in range(3):
        with contextlib.suppress(KeyboardInterrupt):
            searched(tmp_path, stopping)
            raise AssertionError("was not interrupted")
    searched(tmp_path, stopping)
    done = [key for key in ran if key != "interrupt"]
    assert len(done) == len(set(done))
    assert bytes_of(tmp_path) == bytes_of(whole[0])


def test_the_order_in_which_runs_end_is_of_no_account(whole, tmp_path):
    def backwards(tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        yield from reversed(list(made_up(tasks)))

    searched(tmp_path, backwards)
    assert bytes_of(tmp_path) == bytes_of(whole[0])


def test_a_setting_without_a_value_is_no_0_and_is_not_compared(tmp_path):
    def holed(tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        for task in tasks:
            (outcome,) = made_up([task])
            if task.scenario.digital.automation < 0.3 and task.seed == 8:
                outcome.metrics["effort.hours"] = None
            yield outcome

    _, trials, front = searched(tmp_path, holed)
    lacking = trials[trials["digital.automation"] < 0.3]
    assert 0 < len(lacking) < 40
    assert lacking["effort.hours.mean"].isna().all()
    assert lacking["n"].tolist() == [2] * len(lacking)
    assert not lacking["on_front"].any()
    assert (front["digital.automation"].iloc[1:] >= 0.3).all()
    later, first = trials[trials["generation"] == 5], trials[trials["generation"] == 1]
    assert (later["digital.automation"] < 0.3).mean() < (first["digital.automation"] < 0.3).mean()
    with Store(tmp_path / "out") as store:
        again = plan_of(tmp_path)
        said = holes(again, do_search(again, store, holed, silent))
    assert said == [
        f"effort.hours is missing in a run of {len(lacking)} of 60 settings, which were not compared"
    ]


def test_where_no_setting_has_everything_there_is_no_front(tmp_path):
    def nothing(tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        for task in tasks:
            yield Outcome(task.name, task.seed, "done", key=task.key, metrics={"effort.hours": 1.0})

    _, trials, front = searched(tmp_path, nothing, MADE_UP.replace("trials: 60", "trials: 24"))
    assert not trials["on_front"].any()
    assert front["what"].tolist() == ["base"]


def test_combinations_that_are_no_scenario_are_not_run(tmp_path):
    text = MADE_UP.replace("trials: 60", "trials: 24").replace(
        "digital.automation: {low: 0, high: 1}",
        "digital.automation: {low: 0, high: 1}\n  community.centre_households.fewest: [2, 3]\n  community.centre_households.most: [2, 3]",
    )
    plan, trials, front = searched(tmp_path, made_up, text)
    wrong = (trials["community.centre_households.fewest"] == 3) & (
        trials["community.centre_households.most"] == 2
    )
    assert 0 < wrong.sum() < 24
    assert trials.loc[wrong, "refused"].str.contains("community.centre_households").all()
    assert trials.loc[~wrong, "refused"].isna().all()
    assert (trials.loc[wrong, "n"] == 0).all()
    assert not set(front["trial"]) & set(trials.loc[wrong, "trial"])
    assert plan.refused.keys() == set(trials.loc[wrong, "trial"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figure_has_a_panel_for_each_pair_and_three_outcomes_give_three(whole, language):
    _, plan, *read = whole
    trials, front = (table.copy() for table in read)
    assert len(front_figure(trials, front, plan.outcomes, language).axes) == 1
    for table in (trials, front):
        for column in [name for name in table if name.startswith("effort.hours.")]:
            table[column.replace("effort.hours", "waste.hours")] = table[column]
    three = front_figure(trials, front, {**plan.outcomes, "waste.hours": "min"}, language)
    assert len(three.axes) == 3
    small = front_figure(trials, front, {**plan.outcomes, "waste.hours": "min"}, language, narrow=True)
    assert len({panel.get_position().x0 for panel in small.axes}) == 1
    assert small.get_figwidth() == NARROW
    marked = [line for line in three.axes[0].lines if line.get_marker() == "D"]
    assert [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in marked] == [(0.0, 0.0)]


def test_the_report_shows_the_front_with_what_each_setting_brings_and_costs(whole):
    folder, plan, _, front = whole
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    for text in ("report of a search", "搜索报告", "Sought: Satisfaction, mean", "自动化程度", "Automation"):
        assert text in page
    shown = page.split('<h2 id="numbers">')[1].split("</section>")[0]
    assert shown.count('<th scope="row">') == len(front)
    one = front.iloc[1]
    for outcome in plan.outcomes:
        mean, diff = one[f"{outcome}.mean"], one[f"{outcome}.diff"]
        assert with_half(outcome, mean, one[f"{outcome}.high"] - mean) in shown
        assert with_half(outcome, diff, one[f"{outcome}.diff_high"] - diff, signed=True) in shown
    assert page.count("<source media=") == len(LANGUAGES)
    assert not re.search(r'(?:src|srcset|href)="(?!data:)', page)
    assert f"gongzhi optimise {folder}/out/search.yaml" in page


def test_columns_are_those_of_the_dictionary(whole):
    _, plan, trials, front = whole
    for name, table in (("trials", trials), ("front", front)):
        asked = {}
        for column in tables()[name].columns:
            places = {"{factor}": SHARES, "{outcome}": tuple(plan.outcomes)}
            place = next((each for each in places if each in column.name), "")
            for each in places.get(place, ("",)):
                asked[column.name.replace(place, each) if place else column.name] = column
        assert set(asked) == set(table.columns)
        for each, column in asked.items():
            assert column.nullable or not table[each].isna().any(), each
            assert not column.words or set(table[each]) == set(column.words)
        types = pq.read_schema(whole[0] / "out" / f"{name}.parquet")
        written = {
            str(types.field(each).type): column.type
            for each, column in asked.items()
            if "{f" not in column.name
        }
        assert written.items() <= {
            ("int64", "int64"),
            ("int64", "Int64"),
            ("string", "string"),
            ("double", "float64"),
            ("bool", "bool"),
            ("bool", "boolean"),
        }


# Files ----------------------------------------------------------------------------------------------------


def test_the_folder_describes_its_files_and_their_columns(whole):
    folder = whole[0] / "out"
    graph = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    names = {entity.get("name") for entity in graph}
    files = {entity["@id"]: entity for entity in graph if entity["@type"] == "File"}
    assert {"trials.parquet", "front.parquet", "runs.parquet", "search.yaml", "front.zh.svg"} <= files.keys()
    for table in ("trials", "front", "runs"):
        assert (
            files[f"{table}.parquet"]["sha256"]
            == hashlib.sha256((folder / f"{table}.parquet").read_bytes()).hexdigest()
        )
        assert set(pd.read_parquet(folder / f"{table}.parquet").columns) <= names, table


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("effort.hours: min", "effort.hour: min", "8:49: outcomes.effort.hour: no metric is called 'effort.hour'; did you mean 'effort.hours'?"),
        ("effort.hours: min", "effort.hours: ", "outcomes.effort.hours: more of effort.hours is neither better nor worse of itself: give max or min"),
        (", effort.hours: min", "", "outcomes: "),
        ("effort.hours: min", "effort.hours: least", "is not allowed"),
        ("population: 12", "population: 61", "population: 61 in a generation is more than the 60 trials"),
        ("digital.automation: {low: 0, high: 1}", "trial: {a: {}}", "factors.trial: 'trial' is a column of the results: choose another name"),
        ("digital.automation: {low: 0, high: 1}", "digital.automation: {low: 0, high: 2}", "digital.automation"),
        ("seed: 7", "seed: 7\ndesign: {kind: grid}", "there is no key 'design' here"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_place(tmp_path, capsys, old, new, said):
    assert old in MADE_UP
    (tmp_path / "asked.yaml").write_text(MADE_UP.replace(old, new), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["optimise", str(tmp_path / "asked.yaml"), "--out", str(tmp_path / "out")])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert f"{tmp_path / 'asked.yaml'}:" in error
    assert said in error
    assert not (tmp_path / "out").exists()


def test_without_optuna_it_is_said_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    (tmp_path / "asked.yaml").write_text(MADE_UP, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["optimise", str(tmp_path / "asked.yaml"), "--out", str(tmp_path / "out")])
    assert ended.value.code == 2
    assert "pip install 'gongzhi[optimise]'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# From the command line ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_real_search_gives_the_same_again_with_any_number_of_workers(tmp_path, capsys):
    (tmp_path / "asked.yaml").write_text(REAL, encoding="utf-8")
    main(["optimise", str(tmp_path / "asked.yaml"), "--out", str(tmp_path / "one" / "out"), "--workers", "1"])
    out = capsys.readouterr().out
    assert "trial" in out
    folder = tmp_path / "one" / "out"
    assert f"{folder}/front.parquet: " in out
    main(["optimise", str(folder / "search.yaml"), "--out", str(tmp_path / "two" / "out"), "--workers", "2"])
    assert bytes_of(tmp_path / "two") == bytes_of(tmp_path / "one")
    capsys.readouterr()
    main(
        ["optimise", str(tmp_path / "asked.yaml"), "--out", str(folder), "--workers", "1", "--language", "zh"]
    )
    again = capsys.readouterr()
    assert "runs are there already" in again.err
    assert "试验" in again.out
    front = pd.read_parquet(folder / "front.parquet")
    best = sorted(file.name for file in (folder / "front").iterdir())
    assert best == sorted(f"trial-{number}.yaml" for number in front["trial"].iloc[1:])
    main(["validate", *(str(folder / "front" / name) for name in best)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_is_cut_off_in_a_narrow_terminal(whole, language):
    _, plan, _, front = whole
    console = Console(width=80, file=io.StringIO())
    print_front(front, plan.outcomes, plan.factors, language, console)
    printed = console.file.getvalue()
    assert max(map(cell_len, printed.splitlines())) <= 80
    assert printed.count("±") == len(front) * len(plan.outcomes) + 1  # and once in the note below
    assert len(re.findall(r"\(−?[\d.,]+\)", printed)) == len(front) * len(plan.outcomes)
