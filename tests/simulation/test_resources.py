"""Lists and matching: the best plan is the best, nothing is given twice, and fate stays what it is."""

from itertools import combinations, permutations

import numpy as np
import pytest

from scenarios import load
from simulation import CommunityModel
from simulation.resources.bundles import best_bundles
from simulation.resources.listed import Listed
from simulation.resources.listing import answering
from simulation.resources.matching import as_they_come, as_well_as_can_be, best_singles
from simulation.resources.offers import OFFERS, ROOM, STATIONERY, TEACHING
from simulation.resources.resources import arranging
from simulation.resources.wants import AFTER_SCHOOL

CARING = OFFERS.index("caring")
MATCHING_OFF = {"mechanisms.matching": False}
NO_LISTS = {"resources.lists": False}


def listed(seed: int, wants: int, offers: int, *, children: bool = True, slots: int = 2) -> Listed:
    """Small random lists: single wants and children, helpers, teachers, rooms and stationery."""
    chance = np.random.default_rng(seed)
    kind = np.where(chance.random(wants) < (0.6 if children else 0.0), AFTER_SCHOOL, 0)
    offer_kind = chance.choice([CARING, TEACHING, ROOM, STATIONERY] if children else [CARING], offers)
    places = chance.integers(1, 4, offers)
    worth = np.where(chance.random((wants, offers)) < 0.7, chance.uniform(0.3, 1.2, (wants, offers)), 0.0)
    worth[kind == AFTER_SCHOOL] = 0.0
    worth[:, offer_kind == STATIONERY] = 0.0
    return Listed(
        kind=kind.astype(np.int32),
        slot=chance.integers(0, slots, wants).astype(np.int32),
        offer_kind=offer_kind.astype(np.int32),
        offer_slot=np.where(offer_kind == STATIONERY, -1, chance.integers(0, slots, offers)).astype(np.int32),
        places=places.astype(np.int32),
        whole=np.ones(offers, dtype=np.bool_),
        worth=worth,
        child_worth=chance.uniform(0.5, 1.0, (wants, offers)),
        teacher_worth=chance.uniform(0.5, 1.0, (offers, offers)),
        urgency=chance.uniform(0.0, 0.3, wants),
        least=2,
        most=3,
    )


def best_by_trying(lists: Listed) -> float:
    """The most that single wants can be worth, by trying every order of places."""
    columns = [offer for offer, places in enumerate(lists.places) for _ in range(places)]
    wants = len(lists.kind)
    columns += [-1] * wants
    best = 0.0
    for chosen in set(permutations(columns, wants)):
        total = 0.0
        for want, offer in enumerate(chosen):
            if offer >= 0 and lists.worth[want, offer] > 0.0:
                total += lists.worth[want, offer] + lists.urgency[want]
        best = max(best, total)
    return best


def groups_by_trying(lists: Listed) -> float:
    """The most that groups can be worth, by trying every way of opening rooms one after the other."""
    rooms = np.flatnonzero(lists.offer_kind == ROOM).tolist()
    return _open(lists, rooms, frozenset(), frozenset(), lists.places.tolist())


def _open(lists: Listed, rooms: list[int], taught: frozenset, cared: frozenset, sets: list[int]) -> float:
    if not rooms:
        return 0.0
    room, *others = rooms
    best = _open(lists, others, taught, cared, sets)
    slot = lists.offer_slot[room]
    children = [
        child
        for child in range(len(lists.kind))
        if lists.kind[child] == AFTER_SCHOOL and lists.slot[child] == slot and child not in cared
    ]
    for teacher in range(len(sets)):
        if lists.offer_kind[teacher] != TEACHING or lists.offer_slot[teacher] != slot or teacher in taught:
            continue
        for giver in np.flatnonzero(lists.offer_kind == STATIONERY).tolist():
            for size in range(lists.least, min(lists.most, lists.places[room], sets[giver]) + 1):
                for some in combinations(children, size):
                    left = sets.copy()
                    left[giver] -= size
                    here = lists.teacher_worth[teacher, room]
                    here += sum(lists.child_worth[child, room] + lists.urgency[child] for child in some)
                    rest = _open(lists, others, taught | {teacher}, cared | set(some), left)
                    best = max(best, float(here + rest))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_single_wants_are_assigned_as_well_as_trying_everything(seed):
    lists = listed(seed, 4, 3, children=False)
    found = best_singles(lists, lists.places)
    worth = sum(lists.worth[want, offer] + lists.urgency[want] for want, offer in found)
    assert worth == pytest.approx(best_by_trying(lists))


def test_a_large_list_is_solved_among_the_best_offers_of_each(monkeypatch):
    for seed in range(5):
        lists = listed(seed, 25, 20, children=False)
        found = [
            sum(lists.worth[pair] + lists.urgency[pair[0]] for pair in best_singles(lists, lists.places))
        ]
        with monkeypatch.context() as small:
            small.setattr("simulation.resources.matching.DENSE", 0)
            sparse = best_singles(lists, lists.places)
        found.append(sum(lists.worth[pair] + lists.urgency[pair[0]] for pair in sparse))
        assert found[1] == pytest.approx(found[0])


def test_groups_are_formed_as_well_as_trying_everything():
    worths = []
    for seed in range(40):
        lists = listed(seed, 7, 9)
        found = best_bundles(lists)
        worth = sum(lists.teacher_worth[group.teacher, group.room] for group in found)
        worth += sum(
            lists.child_worth[child, group.room] + lists.urgency[child]
            for group in found
            for child in group.children
        )
        assert worth == pytest.approx(groups_by_trying(lists))
        worths.append(worth)
    assert np.count_nonzero(worths) > 8
    assert max(worths) > 4.5, "two groups at once"


@pytest.mark.parametrize("choose", [as_well_as_can_be, as_they_come])
def test_a_plan_uses_no_place_and_no_want_twice_and_groups_are_whole(choose):
    groups = 0
    for seed in range(60):
        lists = listed(seed, 14, 14)
        plan = choose(lists)
        wants = [want for want, _ in plan.singles] + [c for group in plan.bundles for c in group.children]
        assert len(wants) == len(set(wants))
        used = np.bincount([offer for _, offer in plan.singles], minlength=14)
        for group in plan.bundles:
            assert lists.offer_kind[[group.teacher, group.room, group.stationery]].tolist() == [
                TEACHING, ROOM, STATIONERY
            ]  # fmt: skip
            assert (lists.slot[group.children] == lists.offer_slot[group.room]).all()
            assert lists.offer_slot[group.teacher] == lists.offer_slot[group.room]
            assert lists.least <= len(group.children) <= min(lists.most, lists.places[group.room])
            assert used[group.room] == used[group.teacher] == 0
            used[[group.room, group.teacher]] = lists.places[[group.room, group.teacher]]
            used[group.stationery] += len(group.children)
        assert (used <= lists.places).all()
        groups += len(plan.bundles)
    assert groups > 10


def test_matching_is_worth_no_less_than_first_come_first_served_and_mostly_more():
    gain = [
        as_well_as_can_be(lists).worth(lists) - as_they_come(lists).worth(lists)
        for lists in (listed(seed, 14, 14) for seed in range(60))
    ]
    assert min(gain) >= 0.0
    assert np.count_nonzero(np.array(gain) > 1e-9) > 40


@pytest.fixture(scope="module")
def lived_through():
    def live(changes: dict[str, object]) -> CommunityModel:
        asked = {
            "community.households": 700,
            "days": 200,
            "providers.residents": 0.1,
            "mechanisms.council": False,
        } | changes  # which has providers give too
        model = CommunityModel(load("coordinated", set=asked), rng=5)
        model.run_to_end()
        return model

    return {name: live(changes) for name, changes in
            (("best", {}), ("as_they_come", MATCHING_OFF), ("none", MATCHING_OFF | NO_LISTS))}  # fmt: skip


def test_nothing_is_given_twice_and_matches_keep_their_order_in_time(lived_through):
    for model in lived_through.values():
        table = model.tables()["resources"]
        assert (table["given"] <= table["places"]).all()
        wants, offers = (table[table["kind"] == kind] for kind in ("want", "offer"))
        met = wants[wants["state"] == "met"]
        assert len(met) > 2
        assert (met["arose_h"] <= met["matched_h"]).all()
        assert (met["matched_h"] < met["expires_h"]).all()
        asked_around = met["channel"] == "word_of_mouth"
        assert (met["listed_h"] <= met["matched_h"])[~asked_around].all()
        assert (wants["channel"].isna() == wants["listed_h"].isna())[
            wants["channel"] != "word_of_mouth"
        ].all()
        one_place = met[met["bundle"].isna()].groupby("matched_with").size()
        assert (
            one_place.to_numpy() <= offers.set_index("id")["places"].loc[one_place.index].to_numpy()
        ).all()
        gave = model.state.providers.gave.sum()
        assert gave == len(met[met["bundle"].isna()]) + 3 * model.tables()["bundles"]["done_h"].count()


def test_fate_is_the_same_and_only_the_choice_differs(lived_through):
    fates = {model.state.fate.digest for model in lived_through.values()}
    assert len(fates) == 1
    best, first = (lived_through[name].tables()["lists"] for name in ("best", "as_they_come"))
    assert set(best["chosen"]) == {"best"}
    assert set(first["chosen"]) == {"as_they_come"}
    columns = ["wants", "offers", "wants_listed", "offers_listed"]
    assert (best.iloc[0][columns] == first.iloc[0][columns]).all(), "the first lists are the same"
    assert best.iloc[0]["worth"] >= first.iloc[0]["worth"]
    misfit = {name: model.summary()["resource.misfit"] for name, model in lived_through.items()}
    assert misfit["best"] < misfit["as_they_come"]


def test_without_lists_nobody_surveys_and_little_is_met(lived_through):
    hours = {
        name: model.tables()["work"].groupby("activity")["hours"].sum()
        for name, model in lived_through.items()
    }
    assert {"survey", "arrange"} <= set(hours["best"].index)
    assert not {"survey", "arrange"} & set(hours["none"].index)
    summary = lived_through["none"].summary()
    assert summary["resource.coverage"] is None
    assert 0.0 < summary["resource.match_rate"] < lived_through["best"].summary()["resource.match_rate"]


def test_minutes_stay_within_what_the_scenario_grants(lived_through):
    model = lived_through["best"]
    working, roster, rule = model.state.working, model.state.roster, model.state.scenario.resources
    granted = sum(working.budgets[int(day)] for day in working.working[: model.day])
    assert (working.spent.sum(axis=1) <= granted + 1e-6).all()
    survey = working.spent[:, list(_activities()).index("survey")]
    found = 60.0 * model.state.scenario.ledger.wants.writing * model.tables()["ledger"]["wants_listed"].sum()
    assert 0.0 < found < survey.sum()
    assert survey.max() <= 60.0 * rule.surveys.a_day * 15 * 4 + found
    paired = set(model.ledger._actor.tolist())
    assert set(np.flatnonzero(survey)) <= set(range(roster.centres, roster.workers)) | paired
    only_paired = list(paired - set(range(roster.centres, roster.workers)))
    assert survey[only_paired].sum() <= found + 1e-6
    arrange = working.spent[:, list(_activities()).index("arrange")]
    assert set(np.flatnonzero(arrange)) == {roster.branches}


def _activities() -> tuple[str, ...]:
    from agents.working_time import ACTIVITIES

    return ACTIVITIES


def test_no_minutes_no_visits_and_offline_homes_are_not_listed():
    asked = {"community.households": 300, "days": 60, "resources.surveys.a_day": "0 min"}
    asked |= {"ledger.wants.found": 0.0}
    model = CommunityModel(load("coordinated", set=asked), rng=2)
    model.run_to_end()
    wants = model.tables()["resources"].query("kind == 'want'")
    people = model.state.population
    online = np.logical_or.reduceat(people.digital, people.residents_from[:-1])
    listed_homes = wants[wants["listed_h"].notna()]["household"].to_numpy(dtype=np.int64)
    assert len(listed_homes) > 5
    assert online[listed_homes].all()
    assert set(wants["channel"].dropna()) <= {"questionnaire", "word_of_mouth"}


def test_kernels_and_their_reference_agree(lived, scenario):
    asked = scenario({"days": 30})
    one, other = (lived(asked, 3, plain=plain).tables() for plain in (False, True))
    for name in ("resources", "lists", "bundles"):
        assert one[name].equals(other[name])


@pytest.mark.parametrize(("every", "rounds"), [("quarterly", 2), ("monthly", 5), ("continuous", 15)])
def test_lists_are_made_as_often_as_asked(every, rounds):
    asked = {"community.households": 60, "days": 120, "resources.every": every}
    model = CommunityModel(load("coordinated", set=asked), rng=2)
    model.run_to_end()
    assert abs(len(model.tables()["lists"]) - rounds) <= 1


def test_automation_raises_answers_and_cuts_minutes():
    rule = load("coordinated").resources
    assert answering(rule.surveys, 0.5) == rule.surveys.answers
    assert answering(rule.surveys, 0.0) < rule.surveys.answers < answering(rule.surveys, 1.0)
    assert arranging(1.0, 0.4, 0.5) == 1.0
    assert arranging(1.0, 0.4, 1.0) == pytest.approx(0.6)
    assert arranging(1.0, 0.4, 0.0) == pytest.approx(1.4)
