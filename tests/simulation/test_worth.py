"""What a provider's title does to matching: it is preferred, and makes nothing acceptable."""

import numpy as np
import pytest

from scenarios import load
from simulation import CommunityModel
from simulation.resources.listed import Listed
from simulation.resources.matching import as_they_come, best_singles
from simulation.resources.offers import ROOM, TEACHING
from simulation.resources.worth import Worth

SMALL = {"community.households": 300, "days": 120, "resources.every": "monthly", "incentives.titles_in": 2}
WEIGHT = {"resources.choosing.titled": 2.0}


def lists_of(model: CommunityModel) -> tuple[Worth, Listed]:
    """All wants and offers of a run as one list at hour 0."""
    worth = Worth(model.state)
    wants, offers = (np.arange(len(every.kind)) for every in (worth.wants, worth.offers))
    return worth, worth.listed(wants, offers, worth.offers.places, 0.0)


def test_a_title_adds_its_worth_to_what_is_acceptable_and_mends_no_misfit():
    model = CommunityModel(load("coordinated", set={"community.households": 300, "days": 5}), rng=2)
    worth, before = lists_of(model)
    pairs = list(enumerate(before.worth.argmax(axis=1).tolist()))
    loss = [worth.loss(*pair) for pair in pairs]
    providers = worth.offers.provider
    model.state.providers.titled[providers[::2]] = True
    titled = model.state.providers.titled[providers]
    after = lists_of(model)[1]
    assert 0 < (before.worth == 0.0).sum() < before.worth.size
    assert ((after.worth > 0.0) == (before.worth > 0.0)).all()
    gain = after.worth - before.worth
    rule = model.state.scenario.resources.choosing
    assert gain == pytest.approx(np.where(before.worth > 0.0, rule.titled * titled, 0.0))
    assert gain.max() == pytest.approx(rule.titled)
    assert titled[[offer for _, offer in pairs]].any()
    assert [worth.loss(*pair) for pair in pairs] == loss
    both = after.teacher_worth - before.teacher_worth
    assert (worth.offers.kind == TEACHING).any()
    assert (worth.offers.kind == ROOM).any()
    assert both == pytest.approx(rule.titled * (titled[:, np.newaxis].astype(float) + titled))
    assert (after.child_worth == before.child_worth).all()


def test_of_two_that_would_do_the_one_with_a_title_is_chosen_and_in_turn_nobody_looks():
    model = CommunityModel(load("coordinated", set=WEIGHT | {"community.households": 300, "days": 5}), rng=2)
    worth, lists = lists_of(model)
    want = int(np.flatnonzero((lists.worth > 0.0).sum(axis=1) > 3)[0])
    near = np.flatnonzero(lists.worth[want] > 0.0)
    last = near[lists.worth[want][near].argsort()[0]]
    best, first = [], []
    for titled in (False, True):
        model.state.providers.titled[worth.offers.provider[last]] = titled
        one = worth.listed(np.array([want]), near, worth.offers.places, 0.0)
        best.append(near[best_singles(one, one.places)[0][1]])
        first.append(near[as_they_come(one).singles[0][1]])
    provider = worth.offers.provider
    assert provider[best[0]] != provider[best[1]] == provider[last]
    assert first[0] == first[1]


@pytest.mark.parametrize("off", ["mechanisms.incentives", "incentives.priority"])
def test_without_titles_that_put_first_nothing_changes_bit_for_bit(off):
    """With them something does, so that the comparison means something."""
    differs = []
    for keys in ({}, {off: False}):
        tables = []
        for weight in (WEIGHT, {"resources.choosing.titled": 0.0}):
            model = CommunityModel(load("coordinated", set=SMALL | weight | keys), rng=4)
            model.run_to_end()
            tables.append(model.tables())
        differs.append([name for name in tables[0] if not tables[0][name].equals(tables[1][name])])
    assert "resources" in differs[0]
    assert differs[1] == []


def test_first_come_first_served_asks_for_no_title():
    tables = []
    for weight in (WEIGHT, {"resources.choosing.titled": 0.0}):
        asked = SMALL | weight | {"mechanisms.matching": False}
        model = CommunityModel(load("coordinated", set=asked), rng=4)
        model.run_to_end()
        assert model.state.providers.titled.any()
        tables.append(model.tables())
    assert tables[0]["lists"].drop(columns="worth").equals(tables[1]["lists"].drop(columns="worth"))
    assert all(tables[0][name].equals(tables[1][name]) for name in tables[0] if name != "lists")
