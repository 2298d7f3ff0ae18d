"""Everybody is a Mesa agent that is a thin view on the columns."""

import mesa
import numpy as np
import pytest

from agents.actors import (
    Actor,
    CentreHousehold,
    Coordinator,
    GridWorker,
    GroupLeader,
    PartyBranch,
    StreetOfficer,
)
from agents.bodies import Clerk, CommandCentre, Handler
from agents.resident import Resident
from agents.working_time import ACTIVITIES, ROLES
from simulation import CommunityModel


@pytest.fixture(scope="module")
def model(scenario, lived) -> CommunityModel:
    return lived(scenario({"notices.at": ("30 h",), "community.people.party_share": 0.3}), seed=4)


def test_a_million_views_are_not_made_before_somebody_looks(scenario):
    model = CommunityModel(scenario({"days": 2}), rng=1)
    model.run_for(48.0)
    assert not model._cast
    assert len(model.agents_by_type[Resident]) == model.state.population.residents
    assert len(model.agents) > model.state.population.residents


def test_residents_are_mesa_agents_that_show_the_columns(model):
    people = model.state.population
    residents = model.agents_by_type[Resident]
    assert all(isinstance(resident, mesa.Agent) for resident in residents)
    for name in ("household", "age", "alone", "disabled", "vulnerable", "digital", "party"):
        assert residents.get(name) == getattr(people, name).tolist(), name
    assert residents.get("satisfaction") == model.state.satisfaction.level.tolist()
    assert residents.get("building") == people.household_building[people.household].tolist()


def test_a_view_shows_what_the_column_holds_now(scenario):
    model = CommunityModel(scenario(), rng=1)
    resident = next(iter(model.agents_by_type[Resident]))
    model.state.satisfaction.level[resident.index] = 12.5
    assert resident.satisfaction == 12.5
    with pytest.raises(AttributeError):
        resident.no_such_attribute  # noqa: B018 - looking is the point


def test_neighbours_are_mutual_and_live_elsewhere(model):
    residents = list(model.agents_by_type[Resident])
    some = residents[:: len(residents) // 20]
    assert any(resident.neighbours for resident in some)
    for resident in some:
        for other in resident.neighbours:
            assert resident.index in residents[other].neighbours
            assert residents[other].household != resident.household


def test_trust_follows_satisfaction(scenario):
    model = CommunityModel(scenario({"satisfaction.trust_follows": 0.5}), rng=1)
    resident = list(model.agents_by_type[Resident])[7]
    at_start = resident.trust
    assert at_start == pytest.approx(model.state.population.trust[7])
    model.state.satisfaction.level[7] -= 20.0
    assert resident.trust == pytest.approx(max(0.0, at_start - 0.1))


def test_everybody_on_the_roster_has_a_view_of_the_right_kind(model):
    roster = model.state.roster
    count = {kind: len(model.agents_by_type[kind]) for kind in model.agents_by_type}
    assert (count[StreetOfficer], count[PartyBranch], count[Coordinator]) == (1, 1, 1)
    assert count[GroupLeader] == len(model.state.organisation.group_leader)
    assert count[CentreHousehold] == len(model.state.organisation.centre_household)
    assert count[GridWorker] == len(model.state.organisation.worker_grid)
    actors = [agent for kind in count if issubclass(kind, Actor) for agent in model.agents_by_type[kind]]
    assert sorted(actor.index for actor in actors) == list(range(len(roster.role)))
    centre = next(iter(model.agents_by_type[CentreHousehold]))
    assert model.state.population.party[centre.person]
    assert ROLES[roster.role[centre.index]] == "centre_household"


def test_hours_of_actors_add_up_to_the_table_of_work(model):
    kinds = [kind for kind in model.agents_by_type if issubclass(kind, Actor)]
    hours = sum(sum(actor.hours.values()) for kind in kinds for actor in model.agents_by_type[kind])
    work = model.tables()["work"]
    assert hours == pytest.approx(work[work["role"].isin(ROLES)]["hours"].sum())
    assert hours > 1.0
    assert set(next(iter(model.agents_by_type[GridWorker])).hours) == set(ACTIVITIES)


def test_minutes_left_are_todays(model):
    worker = next(iter(model.agents_by_type[GridWorker]))
    assert worker.minutes_left == model.state.working.left[worker.index]


def test_bodies_show_queue_and_work(scenario, at_once):
    keys = {
        "handlers.right.teams": 1,
        "cases.categories.leak.service": {"distribution": "deterministic", "mean": 30.0},
    }
    model = CommunityModel(scenario(at_once, keys), rng=1)
    model.run_for(240.0)
    handlers = {handler.name: handler for handler in model.agents_by_type[Handler]}
    right = handlers["right"]
    assert (right.busy, handlers["wrong"].busy) == (1, 0)
    cases = model.tables()["cases"]
    assert right.waiting == (cases["uploaded_h"].notna() & cases["started_h"].isna()).sum() > 5
    assert right.hours_worked == 30.0 * cases["started_h"].notna().sum()
    assert len(model.agents_by_type[CommandCentre]) == 1
    assert Clerk not in model.agents_by_type


def test_without_a_command_centre_each_community_has_a_clerk(scenario):
    keys = {"mechanisms.command_centre": False, "community.communities": 2, "days": 1}
    model = CommunityModel(scenario(keys), rng=1)
    assert len(model.agents_by_type[Clerk]) == 2
    assert CommandCentre not in model.agents_by_type
    assert np.unique([clerk.index for clerk in model.agents_by_type[Clerk]]).tolist() == [0, 1]
