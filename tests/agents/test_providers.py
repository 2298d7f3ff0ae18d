"""Organisations with something to give are agents; their attributes are rows of the providers' columns."""

import pytest

from agents.providers import ORGANISATIONS, AffairsOffice, Enterprise, Provider
from agents.resident import Resident
from simulation import CommunityModel
from simulation.community.providers import KINDS, NOBODY, RESIDENT
from simulation.resources.offers import OFFERS

TWO = {"community.communities": 2, "providers.residents": 0.3}
NONE = {"providers.office": False, "providers.residents": 0.0}
NONE |= {"providers.enterprises": 0, "providers.ngos": 0}


@pytest.fixture(scope="module")
def model(scenario, lived) -> CommunityModel:
    """After 200 days, in which some have given and some have been honoured."""
    return lived(scenario(TWO, {"days": 200}), seed=4)


def organisations(model: CommunityModel) -> list[Provider]:
    return [agent for kind in ORGANISATIONS for agent in model.agents_by_type[kind]]


def offers_of(model: CommunityModel, provider: int) -> list[str]:
    """What the table says is there now and has places left."""
    table = model.tables()["resources"]
    mine = table[(table["kind"] == "offer") & (table["provider"] == provider)]
    left = model.resources.left[mine["id"].to_numpy()]
    return mine[(left > 0) & (mine["expires_h"] > model.time)]["type"].tolist()


@pytest.mark.parametrize(("office", "enterprises", "ngos"), [(True, 3, 2), (True, 1, 0), (False, 0, 1)])
def test_there_are_as_many_of_each_kind_as_the_scenario_asks_for(scenario, office, enterprises, ngos):
    keys = {"providers.office": office, "providers.enterprises": enterprises, "providers.ngos": ngos}
    model = CommunityModel(scenario(TWO, keys), rng=1)
    by_type = model.agents_by_type
    counts = [len(by_type[kind]) if kind in by_type else 0 for kind in ORGANISATIONS]
    assert counts == [2 * int(office), 2 * enterprises, 2 * ngos]
    assert len(by_type[Resident]) == model.state.population.residents


def test_each_row_of_an_organisation_has_one_view_of_its_kind(model):
    are, agents = model.state.providers.are, organisations(model)
    names = {"office": "AffairsOffice", "enterprise": "Enterprise", "ngo": "NGO"}
    assert [agent.index for agent in sorted(agents, key=lambda one: one.index)] == [
        row for row, kind in enumerate(are.kind.tolist()) if kind != RESIDENT
    ]
    for agent in agents:
        assert type(agent).__name__ == names[KINDS[are.kind[agent.index]]]


def test_organisations_show_the_columns(model):
    providers, agents = model.state.providers, organisations(model)
    for agent in agents:
        row = agent.index
        assert agent.community == providers.are.community[row]
        assert agent.building == providers.are.building[row]
        assert (agent.heart, agent.gave) == (providers.heart[row], providers.gave[row])
        assert agent.titled is bool(providers.titled[row])
        assert agent.willing == providers.all_willing()[row]
    assert sum(agent.gave for agent in agents) > 0
    assert any(agent.heart != 0.0 for agent in agents)


def test_what_is_written_to_a_view_is_what_mechanisms_read(scenario):
    model = CommunityModel(scenario(TWO), rng=1)
    providers = model.state.providers
    enterprise = list(model.agents_by_type[Enterprise])[1]
    others = providers.all_willing()
    enterprise.heart = -2.0
    enterprise.gave += 3
    enterprise.titled = True
    row = enterprise.index
    assert (providers.heart[row], providers.gave[row], providers.titled[row]) == (-2.0, 3, True)
    assert (providers.heart.sum(), providers.gave.sum(), providers.titled.sum()) == (-2.0, 3, 1)
    assert enterprise.willing == 0.0
    assert not any(providers.agrees(row, 1, occasion) for occasion in range(50))
    others[row] = 0.0
    assert providers.all_willing().tolist() == others.tolist()


def test_an_agent_set_writes_to_all_of_a_kind_and_a_run_goes_on_with_it(scenario, lived):
    keys = TWO | {"days": 120, "incentives.tires": 0.0}
    usual = lived(scenario(keys), seed=2)
    model = CommunityModel(scenario(keys), rng=2)
    assert sum(usual.agents_by_type[Enterprise].get("gave")) > 0
    model.agents_by_type[Enterprise].set("heart", -1e9)
    model.run_to_end()
    assert sum(model.agents_by_type[Enterprise].get("gave")) == 0
    assert sum(model.agents_by_type[AffairsOffice].get("gave")) > 0


@pytest.mark.parametrize("name", ["community", "building", "willing", "offers"])
def test_what_fate_or_other_columns_say_is_not_written(model, name):
    office = next(iter(model.agents_by_type[AffairsOffice]))
    before = getattr(office, name)
    with pytest.raises(AttributeError):
        setattr(office, name, before)
    assert name not in vars(office)


def test_a_column_that_is_only_read_names_itself(model):
    resident = next(iter(model.agents_by_type[Resident]))
    with pytest.raises(AttributeError, match=r"population\.age of Resident can only be read"):
        resident.age = 3


def test_offers_are_what_is_there_now_and_not_promised(model):
    agents = organisations(model)
    for agent in agents:
        assert agent.offers == offers_of(model, agent.index)
    giver = next(agent for agent in agents if agent.offers)
    rows = model.resources.offers.provider == giver.index
    kept = model.resources.left.copy()
    model.resources.left[rows] = 0
    assert giver.offers == []
    model.resources.left[:] = kept
    assert giver.offers
    assert set(giver.offers) <= set(OFFERS)


def test_residents_who_give_stay_residents_and_know_what_they_offer(model):
    are = model.state.providers.are
    residents = list(model.agents_by_type[Resident])
    numbers = {int(who): row for row, who in enumerate(are.resident.tolist()) if who != NOBODY}
    assert {one.index: one.provider for one in residents if one.provider is not None} == numbers
    assert len({are.community[row] for row in numbers.values()}) == 2
    giving = [one for one in residents if one.offers]
    assert giving
    for one in giving:
        assert one.offers == offers_of(model, numbers[one.index])


def test_where_nobody_gives_nobody_is_made(scenario):
    model = CommunityModel(scenario(NONE), rng=1)
    assert not [kind for kind in model.agents_by_type if issubclass(kind, Provider)]
    assert {one.provider for one in model.agents_by_type[Resident]} == {None}


def test_organisations_come_last_so_that_nobody_else_is_renumbered(scenario):
    with_them, without = (CommunityModel(scenario(keys), rng=1) for keys in ({}, NONE))
    ids = [[agent.unique_id for agent in model.agents_by_type[Resident]] for model in (with_them, without)]
    assert ids[0] == ids[1]


def test_looking_at_agents_changes_no_run(scenario):
    looked, left_alone = (CommunityModel(scenario(TWO, {"days": 40}), rng=3) for _ in range(2))
    for day in range(0, 40, 10):
        looked.run_for(240.0)
        assert [agent.offers for agent in organisations(looked)], day
    left_alone.run_to_end()
    for name, table in left_alone.tables().items():
        assert table.equals(looked.tables()[name]), name
