"""Where memory is full, who looks at little waits for nobody who looks at much, and nobody waits for ever."""

import threading
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.costs import cost_of
from experiments.view.errors import FullError
from experiments.view.film import MOST_RESIDENT_DAYS, TURN, Film, Films
from experiments.view.keeping import RESERVE, SMALL, Kept, put_away
from experiments.view.session import Session, Visitor
from scenarios import Scenario, load
from scenarios.errors import GongzhiError

MOST = 160.0
WEIGHTS = st.one_of(st.integers(1, 10), st.integers(11, 160)).map(float)
FILMS = st.lists(st.tuples(WEIGHTS, st.sampled_from(["a", "b", "c", "d", "ab"])), min_size=1, max_size=30)


def described(films: list[tuple[float, str]]) -> list[Kept]:
    return [Kept(f"{place}", weight, frozenset(who)) for place, (weight, who) in enumerate(films)]


def admitted(kept: list[Kept], new: Kept, turn: bool = False) -> bool:
    """Whether there is a place for a film, which is then taken."""
    away = put_away(kept, new, MOST, turn)
    if away is not None:
        kept[:] = [*(film for film in kept if film.key not in away), new]
    return away is not None


@given(films=FILMS, turns=st.sets(st.integers(0, 29)))
def test_no_more_is_kept_than_may_be_and_small_ones_wait_for_nobody_who_has_more(
    films: list[tuple[float, str]], turns: set[int]
) -> None:
    kept: list[Kept] = []
    for place, new in enumerate(described(films)):
        if not admitted(kept, new, place in turns) and new.weight <= SMALL * MOST:
            held: Counter[str] = Counter()
            for film in kept:
                held.update(dict.fromkeys(film.addresses, film.part))  # type: ignore[dict-item]
            mine = min(held[address] for address in new.addresses) + new.part
            large = [film for film in kept if film.weight > SMALL * MOST]
            assert all(new.addresses.isdisjoint(film.addresses) for film in large)
            assert all(min(held[address] for address in film.addresses) < mine for film in large)
        assert sum(film.weight for film in kept) <= (1.0 + RESERVE) * MOST
        assert sum(film.weight for film in kept if film.weight > SMALL * MOST) <= MOST


@given(films=FILMS)
def test_what_is_on_screens_does_not_put_away_each_other_for_ever(films: list[tuple[float, str]]) -> None:
    kept: list[Kept] = []
    for _ in range(40):
        before = {film.key for film in kept}
        for film in described(films):
            if all(one.key != film.key for one in kept):
                admitted(kept, film)
    assert {film.key for film in kept} == before


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> dict[int, float]:
    """Weights of films by their days, in place of those that they have."""
    weights: dict[int, float] = {}

    class Size:
        def __init__(self, scenario: Scenario) -> None:
            self.resident_days = weights[scenario.days]

    monkeypatch.setattr("experiments.view.film.cost_of", Size)
    return weights


class Screens:
    """Visitors who look at films of given weights."""

    def __init__(self, sizes: dict[int, float]) -> None:
        self.sizes = sizes
        self.now = 0.0
        self.films = Films(MOST, clock=lambda: self.now)

    def opens(self, address: str, weight: float) -> str:
        days = 10 + len(self.sizes)
        self.sizes[days] = weight
        return self.films.hold(load("coordinated", {"days": days}), 1, address)

    def sees(self, key: str) -> bool:
        try:
            self.films.get(key)
        except FullError:
            return False
        return True

    def after(self, seconds: float, *keys: str) -> dict[str, bool]:
        """Who sees what at the end, where all go on asking every few seconds."""
        end = self.now + seconds
        seen: dict[str, bool] = {}
        while self.now < end:
            self.now += 5.0
            seen = {key: self.sees(key) for key in keys}
        return seen


def test_a_small_film_is_shown_though_one_page_has_all_memory(sizes: dict[int, float]) -> None:
    here = Screens(sizes)
    large = [here.opens("greedy", weight) for weight in (147.0, 13.0)]
    assert all(map(here.sees, large))
    small = [here.opens(f"{number}", 4.0) for number in range(10)]
    assert here.after(20.0, *large, *small) == dict.fromkeys([*large, *small], True)
    another = here.opens("another", 4.0)
    assert here.sees(another)
    assert here.after(20.0, *large, *small, another) == dict.fromkeys([*large, *small, another], True) | {
        large[1]: False
    }


def test_small_films_of_many_are_shown_in_the_place_of_a_large_one(sizes: dict[int, float]) -> None:
    here = Screens(sizes)
    large = here.opens("greedy", 150.0)
    small = [here.opens(f"{number}", 5.0) for number in range(10)]
    assert here.after(20.0, large, *small) == dict.fromkeys([large, *small], True)
    small.append(here.opens("another", 5.0))
    assert here.after(20.0, large, *small) == dict.fromkeys(small, True) | {large: False}


def test_memory_is_shared_between_addresses(sizes: dict[int, float]) -> None:
    here = Screens(sizes)
    greedy = [here.opens("greedy", 40.0) for _ in range(4)]
    assert all(map(here.sees, greedy))
    others = [here.opens("other", 40.0) for _ in range(4)]
    seen = here.after(60.0, *greedy, *others)
    assert sum(seen[key] for key in greedy) == sum(seen[key] for key in others) == 2


@pytest.mark.parametrize("second", ["other", "same"])
def test_two_who_want_all_memory_take_turns_of_some_minutes(sizes: dict[int, float], second: str) -> None:
    here = Screens(sizes)
    one, other = here.opens("same", 150.0), here.opens(second, 150.0)
    assert here.after(TURN, one, other) == {one: True, other: False}
    assert here.after(10.0, one, other) == {one: False, other: True}
    assert here.after(TURN - 15.0, one, other) == {one: False, other: True}
    assert here.after(20.0, one, other) == {one: True, other: False}


def test_whoever_has_waited_longest_is_next_and_who_has_left_is_waited_for_by_nobody(
    sizes: dict[int, float],
) -> None:
    here = Screens(sizes)
    first, leaver, second, third = keys = [here.opens(who, 150.0) for who in "abcd"]
    here.after(20.0, *keys)
    order = [first]
    while len(order) < 5:
        seen = here.after(5.0, third, second, first)  # the leaver's page is still open, and asks for nothing
        shown = [key for key, there in seen.items() if there][-1]  # the last, where a turn has ended just now
        order += [shown] if shown != order[-1] else []
    assert order == [first, second, third, first, second]
    assert 4.0 * TURN <= here.now < 4.0 * TURN + 60.0
    assert here.sees(leaver) is False
    assert here.after(TURN + 10.0, leaver, first, second, third)[leaver]  # who has waited longest by far


def test_what_a_class_shows_is_not_put_away_for_one_behind_its_address(sizes: dict[int, float]) -> None:
    here = Screens(sizes)
    shown = here.opens("school", 150.0)
    here.films.hold(load("coordinated", {"days": 10}), 1, "school")  # by the class too
    other = here.opens("school", 150.0)
    assert here.after(3.0 * TURN, shown, other) == {shown: True, other: False}
    small = here.opens("school", 9.0)
    assert here.after(10.0, shown, other, small) == {shown: True, other: False, small: True}


def test_the_shipped_district_leaves_room_for_a_whole_class() -> None:
    district, small = (cost_of(load(name)).resident_days for name in ("district", "coordinated"))
    assert district <= MOST_RESIDENT_DAYS
    assert district + 120 * small <= (1.0 + RESERVE) * MOST_RESIDENT_DAYS  # 60 pages, two sides each


def test_the_size_of_a_run_is_found_out_once_while_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    films, asked = Films(), list[Any]()
    scenario = load("coordinated", {"community.households": 60, "days": 3})

    def cost(one: Scenario) -> Any:
        asked.append(one)
        other = threading.Thread(target=films.asked, args=["x"])
        other.start()
        other.join(10.0)
        assert not other.is_alive(), "somebody waits"
        return cost_of(one)

    monkeypatch.setattr("experiments.view.film.cost_of", cost)
    key = films.hold(scenario, 1)
    assert films.hold(scenario, 1) == key
    films.get(key)
    films.get(key)
    assert asked == [scenario]


def test_a_side_whose_size_is_not_to_be_had_leaves_nothing_held(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(Films(), (), Visitor("here"))
    one, other = (load("coordinated", {"community.households": 60, "days": days}) for days in (3, 4))
    session.show([("one", one)], 1)

    def cost(scenario: Scenario) -> Any:
        if scenario is other:
            raise GongzhiError("the file was changed")
        return cost_of(scenario)

    released: list[str] = []
    monkeypatch.setattr("experiments.view.film.cost_of", cost)
    monkeypatch.setattr(Films, "check", lambda *_: None)
    monkeypatch.setattr(Films, "release", lambda _films, key, _address: released.append(key))
    with pytest.raises(GongzhiError):
        session.show([("one", one), ("other", other)], 1)
    assert released == [Film(one, 1).key]
    assert [side.name for side in session.sides] == ["one"]
