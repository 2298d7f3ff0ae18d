"""Shapley values and interaction indices against games whose values are known, and against all orders."""

from collections.abc import Callable
from itertools import permutations
from math import factorial

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.attribution.per_hour import per_hour, staff_time
from experiments.attribution.shapley import coalitions, draw_order, everybody, interactions, worths
from experiments.statistics import t_interval

Game = Callable[[set[int]], float]


def glove(players: set[int]) -> float:
    """Player 0 has a left glove, 1 and 2 a right one each; a pair is worth 1."""
    return float(0 in players and bool(players & {1, 2}))


def additive(players: set[int]) -> float:
    return float(sum((3.0, -1.0, 0.5, 0.0)[player] for player in players))


def unanimity(players: set[int]) -> float:
    """Worth 1 if 0, 1 and 3 are all there."""
    return float(players >= {0, 1, 3})


def odd(players: set[int]) -> float:
    """A game without any regularity."""
    return float(np.sin(1.0 + sum(7.3**player for player in players))) if players else 0.0


GAMES: dict[str, tuple[Game, int]] = {
    "glove": (glove, 3),
    "additive": (additive, 4),
    "unanimity": (unanimity, 4),
    "odd": (odd, 5),
}


def members(coalition: int) -> set[int]:
    return {player for player in range(coalition.bit_length()) if coalition >> player & 1}


def valued(game: Game, needed: list[int]) -> dict[int, np.ndarray]:
    return {coalition: np.array([game(members(coalition))]) for coalition in needed}


def shapley(game: Game, players: int) -> list[float]:
    """By the formula over subsets: the oracle."""
    values = []
    for player in range(players):
        total = 0.0
        for coalition in range(1 << players):
            inside = members(coalition)
            if player not in inside:
                weight = factorial(len(inside)) * factorial(players - len(inside) - 1) / factorial(players)
                total += weight * (game(inside | {player}) - game(inside))
        values.append(total)
    return values


def index(game: Game, players: int, first: int, second: int) -> float:
    """Grabisch and Roubens' interaction index by the formula over subsets: the oracle."""
    total = 0.0
    for coalition in range(1 << players):
        inside = members(coalition)
        if not inside & {first, second}:
            size = len(inside)
            weight = factorial(size) * factorial(players - size - 2) / factorial(players - 1)
            both = game(inside | {first, second}) - game(inside | {first})
            total += weight * (both - game(inside | {second}) + game(inside))
    return total


@pytest.mark.parametrize("name", GAMES)
def test_the_mean_over_all_orders_is_the_shapley_value(name):
    game, players = GAMES[name]
    found = [
        worths(order, valued(game, coalitions(order, pairs=False)))[:, 0]
        for order in permutations(range(players))
    ]
    assert np.mean(found, axis=0) == pytest.approx(shapley(game, players), abs=1e-12)


def test_known_values():
    assert shapley(glove, 3) == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert shapley(additive, 4) == pytest.approx([3.0, -1.0, 0.5, 0.0])
    assert shapley(unanimity, 4) == pytest.approx([1 / 3, 1 / 3, 0.0, 1 / 3])
    assert index(unanimity, 4, 0, 1) == pytest.approx(1 / 2)
    assert index(additive, 4, 0, 1) == pytest.approx(0.0)
    assert index(glove, 3, 1, 2) == pytest.approx(-1 / 2), "two right gloves stand in for each other"


@pytest.mark.parametrize("name", GAMES)
def test_the_mean_over_all_orders_in_which_two_are_neighbours_is_their_index(name):
    game, players = GAMES[name]
    found: dict[tuple[int, int], list[float]] = {}
    for order in permutations(range(players)):
        for pair, beyond in interactions(order, valued(game, coalitions(order, pairs=True))).items():
            found.setdefault(pair, []).append(float(beyond[0]))
    assert len(found) == players * (players - 1) // 2
    for (first, second), values in found.items():
        assert np.mean(values) == pytest.approx(index(game, players, first, second), abs=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_worths_of_every_order_add_up_to_full_less_nothing(seed):
    order = draw_order(11, seed)
    chance = np.random.default_rng(seed)
    value = {coalition: chance.normal(0.0, 1e3, 3) for coalition in coalitions(order, pairs=False)}
    assert worths(order, value).sum(axis=0) == pytest.approx(value[everybody(11)] - value[0], abs=1e-9)


def test_coalitions_are_those_along_the_order_and_back_and_each_comes_once():
    assert coalitions((2, 0, 1), pairs=False) == [0b111, 0, 0b100, 0b101, 0b010, 0b011]
    needed = coalitions(draw_order(11, 1), pairs=False)
    assert len(needed) == len(set(needed)) == 2 + 2 * 10
    more = coalitions(draw_order(11, 1), pairs=True)
    assert set(needed) < set(more)
    assert len(more) == len(set(more)) <= 2 + 2 * 20
    assert coalitions((0,), pairs=True) == [1, 0]


def test_an_outcome_unknown_under_some_coalition_has_no_worth_at_all():
    value = {coalition: np.array([1.0, coalition]) for coalition in coalitions((1, 0, 2), pairs=False)}
    value[0b010][0] = np.nan
    found = worths((1, 0, 2), value)
    assert np.isnan(found[:, 0]).all()
    assert found[:, 1] == pytest.approx([1.0, 2.0, 4.0])


def test_orders_are_equally_likely():
    drawn = [draw_order(3, seed) for seed in range(6000)]
    counts = [drawn.count(order) for order in permutations(range(3))]
    assert sum(counts) == 6000
    assert stats.chisquare(counts).pvalue > 1e-3
    assert draw_order(11, 5) == draw_order(11, 5)


def toy(seed: int) -> tuple[list[float], dict[int, np.ndarray], tuple[int, ...]]:
    """A nearly additive game whose numbers are luck: its values on average, and one sample of it."""
    chance = np.random.default_rng([seed, 1])
    own = np.array([2.0, 1.0, -0.5, 0.0, 0.3]) + chance.normal(0.0, 1.0, 5)
    together = 0.4 + chance.normal(0.0, 0.2)
    order = draw_order(5, seed)
    value = {}
    for coalition in coalitions(order, pairs=False):
        inside = members(coalition)
        three = 0.6 * (inside >= {2, 3, 4})
        value[coalition] = np.array([own[list(inside)].sum() + together * (inside >= {0, 1}) + three])
    return [2.2, 1.2, -0.3, 0.2, 0.5], value, order


def test_forwards_and_backwards_varies_no_more_than_two_independent_orders():
    """The same game under every order, so that all that varies is the order."""

    def game(players: set[int]) -> float:
        return 2.0 * (0 in players) + 0.5 * (players >= {0, 1}) - 0.3 * (players >= {1, 2, 3})

    def forwards(seed: int) -> np.ndarray:
        value = {0: 0.0}
        gains = np.zeros(4)
        mask = 0
        for player in draw_order(4, seed):
            mask |= 1 << player
            value[mask] = game(members(mask))
            gains[player] = value[mask] - value[mask ^ (1 << player)]
        return gains

    both = np.array(
        [
            worths(order, valued(game, coalitions(order, pairs=False)))[:, 0]
            for order in (draw_order(4, seed) for seed in range(400))
        ]
    )
    independent = np.array([(forwards(2 * seed) + forwards(2 * seed + 1)) / 2.0 for seed in range(400)])
    assert (both.var(axis=0) <= independent.var(axis=0) + 1e-12).all()
    assert both.var(axis=0)[0] < 1e-12, "what pairs alone add is the same forwards and backwards"


@pytest.mark.slow
def test_intervals_hold_the_true_worth_in_95_of_100_cases():
    orders, cases = 12, 1000
    hits = np.zeros(5)
    for case in range(cases):
        samples = []
        for number in range(orders):
            truth, value, order = toy(case * orders + number)
            samples.append(worths(order, value)[:, 0])
        means = t_interval(pd.DataFrame(np.array(samples)))
        hits += (means["low"].to_numpy() <= truth) & (truth <= means["high"].to_numpy())
    assert ((hits / cases > 0.93) & (hits / cases < 0.97)).all(), hits / cases


# Worth for each hour --------------------------------------------------------------------------------------


def test_a_ratio_where_nothing_varies_is_that_of_the_numbers():
    found = per_hour([6.0, 6.0, 6.0], [2.0, 2.0, 2.0])
    assert (found.value, found.low, found.high) == pytest.approx((3.0, 3.0, 3.0))


def test_fiellers_interval_where_hours_are_certain_is_students():
    worth = [1.0, 2.0, 4.0, 5.0]
    found = per_hour(worth, [2.0] * 4)
    half = stats.t.ppf(0.975, 3) * stats.sem(worth)
    assert (found.low, found.high) == pytest.approx(((3.0 - half) / 2.0, (3.0 + half) / 2.0))


@pytest.mark.parametrize(
    "hours",
    [
        pytest.param([0.0, 0.0, 0.0], id="none"),
        pytest.param([-3.0, -2.9, -3.1], id="saved"),
        pytest.param([5.0, -4.0, 1.0], id="unclear"),
        pytest.param([3.0], id="one order"),
    ],
)
def test_without_hours_clearly_spent_there_is_no_ratio(hours):
    assert per_hour([1.0, 1.2, 0.9][: len(hours)], hours) is None


def test_staff_time_is_what_its_interval_says():
    assert staff_time(0.5, 2.0) == "spent"
    assert staff_time(-2.0, -0.5) == "saved"
    assert staff_time(-0.5, 2.0) == staff_time(np.nan, np.nan) == "unclear"


def test_fiellers_interval_holds_the_true_ratio_in_95_of_100_cases():
    chance = np.random.default_rng(3)
    hits = cases = 0
    for _ in range(4000):
        hours = chance.normal(10.0, 6.0, 15)
        worth = 3.0 * hours + chance.normal(0.0, 20.0, 15)
        found = per_hour(worth.tolist(), hours.tolist())
        if found is not None:
            cases += 1
            hits += found.low <= 3.0 <= found.high
    assert cases > 3950
    assert 0.93 < hits / cases < 0.97
