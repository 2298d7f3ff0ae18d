"""A small scenario in which what is rare elsewhere happens every few days, and its run."""

from functools import cache
from typing import Any

import pandas as pd

from scenarios import from_data
from scenarios.schema import Scenario
from simulation import CommunityModel

Keys = dict[str, Any]
Tables = dict[str, pd.DataFrame]

EVENTFUL: Keys = {
    "days": 45,
    "start": "2025-03-10",
    "community.households": 60,
    "community.communities": 2,
    "community.communities_per_street": 2,
    "community.buildings.households": 16,
    "community.people.party_share": 0.3,
    "community.people.disability_share": 0.2,
    "community.buildings.condition_mean": 0.35,
    "providers.residents": 0.15,
    "notices.per_year": 60.0,
    "notices.questions": 0.02,
    "notices.group_chat.on": True,
    "patrol.knocks": True,
    "patrol.part_time_days": 5,
    "minutes.leader": "4 h",
    "minutes.centre_household": "4 h",
    "minutes.full_time": "8 h",
    "minutes.part_time": "3 h",
    "minutes.branch": "8 h",
    "minutes.street_officer": "4 h",
    "notices.tiers.branch_to_leader.loss": 0.1,
    "cases.coordination.overlap": 0.8,
    "cases.coordination.dropped": 0.6,
    "cases.coordination.shirk": 0.6,
    "cases.coordination.most_refusals": 2,
    "digital.automation": 0.6,
    "appraisal.stakes": 0.9,
    "appraisal.sample": 6,
    "resources.every": "monthly",
    "resources.surveys.gathering": "4 days",
    "resources.surveys.answers": 0.5,
    "resources.word_of_mouth": 0.4,
    "resources.after_school.least": 2,
    "resources.wants.after_school.rate": 1.5,
    "resources.wants.elder_care.rate": 1.0,
    "resources.wants.culture.rate": 0.5,
    "resources.wants.goods.rate": 0.5,
    "resources.wants.advice.rate": 0.5,
    "resources.offers.teaching.resident": 4.0,
    "resources.offers.room.resident": 4.0,
    "resources.offers.arts.resident": 2.0,
    "resources.offers.goods.resident": 2.0,
    "resources.offers.stationery.enterprise": 8.0,
    "ledger.needs.rate": 20.0,
    "council.day": 3,
    "council.opinions.day": 2,
    "council.quorum": 2,
    "council.topics": 6,
    "council.raises.voices": 2,
    "council.raises.damage": 1,
    "council.raises.stuck_after": "1 day",
    "council.renewal.approval": {"distribution": "exponential", "mean": "2 days"},
    "council.renewal.materials": {"distribution": "exponential", "mean": "2 days"},
    "council.renewal.technical": {"distribution": "exponential", "mean": "2 days"},
    "council.renewal.works": {"distribution": "exponential", "mean": "3 days"},
    "council.clean_up.volunteers": {"distribution": "exponential", "mean": "2 days"},
    "incentives.titles_in": 4,
    "incentives.names": 1,
    "incentives.minds": 0.9,
}
"""Everything is on, and what is rare elsewhere happens every few days."""

NAMED: Keys = {
    "handlers": {
        "works": {"title": "Works", "teams": 1, "calendar": {"days": "all"}},
        "office": {"title": "Office", "teams": 1, "serves": "street"},
    },
    "cases": {
        "categories": {
            "damage": {
                "title": "Damage",
                "handler": "works",
                "rate": 3000.0,
                "follows_condition": 0.5,
                "follows_surroundings": 0.1,
                "in_common_parts": 0.5,
                "visible": 0.3,
                "ambiguous": 0.3,
                "on_the_spot": 0.2,
                "service": {"distribution": "lognormal", "median": "2 h", "sigma": 1.0},
                "solved": 0.7,
                "deadline": "2 days",
                "fades": "20 days",
            },
            "question": {
                "title": "Question",
                "handler": "office",
                "rate": 2000.0,
                "follows_surroundings": 0.4,
                "in_common_parts": 0.2,
                "visible": 0.1,
                "ambiguous": 0.4,
                "on_the_spot": 0.1,
                "service": {"distribution": "lognormal", "median": "1 h", "sigma": 1.0},
                "solved": 0.6,
                "deadline": "3 days",
                "fades": "15 days",
            },
        },
    },
}
"""Who solves which kinds of trouble."""
POORER: Keys = {
    "mechanisms.hub": False,
    "mechanisms.command_centre": False,
    "notices.tiers.branch_to_leader.mode": "meeting",
    "notices.tiers.street_to_branch.mode": "meeting",
    "notices.tiers.leader_to_centre.mode": "meeting",
    "resources.every": "continuous",
    "mechanisms.matching": False,
}
"""What else there has to be for the values that matter only where no hub and no command centre are there."""


def base(*keys: Keys) -> Scenario:
    """A small eventful scenario, with dotted paths laid over it."""
    return from_data(
        {"title": "base"} | NAMED, "base", EVENTFUL | {path: v for each in keys for path, v in each.items()}
    )


DAY = 24
"""The day on which things change midway."""


def lived(scenario: Scenario, seed: int = 3) -> CommunityModel:
    """The model at the end of its run."""
    model = CommunityModel(scenario, rng=seed, trace=True)
    model.run_to_end()
    return model


@cache
def unchanged(poorer: bool) -> tuple[Scenario, CommunityModel, Tables]:
    """A base, its model at the end and its tables."""
    scenario = base(POORER) if poorer else base()
    model = lived(scenario)
    return scenario, model, model.tables()


def assert_same(some: Tables, others: Tables) -> None:
    assert list(some) == list(others)
    for name, table in some.items():
        pd.testing.assert_frame_equal(
            table.reset_index(drop=True), others[name].reset_index(drop=True), obj=name
        )
