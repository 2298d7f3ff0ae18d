"""Searches: a known front is found, the same bytes come out in the end, and luck alone decides nothing."""

import contextlib
from collections.abc import Generator, Iterable

import numpy as np
import pandas as pd
import pytest
from searching import ASKED, MADE_UP, SHARES, bytes_of, made_up, plan_of, searched, silent, zdt1

from experiments.engines.task import Outcome, Task
from experiments.search.genetic import Genetic
from experiments.search.pareto import on_front
from experiments.search.searching import do_search, holes
from experiments.store import Store


def volume(costs: np.ndarray) -> float:
    """Area that points dominate below (1.1, 1.1)."""
    area, last = 0.0, 1.1
    for cost, loss in sorted(map(tuple, costs)):
        if cost < 1.1 and loss < last:
            area += (1.1 - cost) * (last - loss)
            last = loss
    return area


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


def test_an_interrupted_search_goes_on_to_the_same_bytes_and_runs_nothing_twice(whole, unrendered, tmp_path):
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
    assert bytes_of(tmp_path, ASKED) == bytes_of(whole[0], ASKED)


def test_the_order_in_which_runs_end_is_of_no_account(whole, tmp_path):
    def backwards(tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        yield from reversed(list(made_up(tasks)))

    searched(tmp_path, backwards)
    assert bytes_of(tmp_path) == bytes_of(whole[0])


def test_a_setting_without_a_value_is_no_0_and_is_not_compared(unrendered, tmp_path):
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


def test_where_no_setting_has_everything_there_is_no_front(unrendered, tmp_path):
    def nothing(tasks: Iterable[Task]) -> Generator[Outcome, None, None]:
        for task in tasks:
            yield Outcome(task.name, task.seed, "done", key=task.key, metrics={"effort.hours": 1.0})

    _, trials, front = searched(tmp_path, nothing, MADE_UP.replace("trials: 60", "trials: 24"))
    assert not trials["on_front"].any()
    assert front["what"].tolist() == ["base"]


def test_combinations_that_are_no_scenario_are_not_run(unrendered, tmp_path):
    text = MADE_UP.replace("trials: 60", "trials: 24").replace(
        "digital.automation: {low: 0, high: 1}",
        "digital.automation: {low: 0, high: 1}\n"
        "  community.centre_households.fewest: [2, 3]\n  community.centre_households.most: [2, 3]",
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
