"""Small scenarios and runs that the tests of several floors share."""

import signal
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import settings

from scenarios.schema import Scenario
from simulation.model import CommunityModel

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell has it for what it runs in the background
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # what tests start would not hear of Ctrl-C either

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")

Keys = dict[str, Any]

QUIET: Keys = {
    "notices.per_year": 0.0,
    "notices.questions": 0.0,
    "notices.board.on": False,
    "notices.doors.on": False,
    "notices.talk.household": 0.0,
    "notices.talk.neighbour": 0.0,
    "mechanisms.hub": False,
    "mechanisms.platform": False,
    "mechanisms.tiers": False,
    "mechanisms.patrol": False,
    "mechanisms.feedback": False,
    "mechanisms.ledger": False,
    "mechanisms.appraisal": False,
    "mechanisms.council": False,
    "community.buildings.wear": 0.0,
    "mechanisms.matching": False,
    "resources.lists": False,
    "resources.word_of_mouth": 0.0,
    "satisfaction.unserved": 0.0,
}
"""Nothing is announced, nobody walks, calls or asks back."""

AT_ONCE: Keys = QUIET | {
    "community.people.child_share": 0.0,
    "community.people.elderly_share": 0.0,
    "community.people.elderly_alone_share": 0.0,
    "community.people.trust_mean": 1.0,
    "community.people.trust_sd": 0.0,
    "community.people.digital_adult": 1.0,
    "satisfaction.trust_follows": 0.0,
    "cases.reporting.by_app": 1.0,
    "cases.reporting.upload": 0.0,
    "cases.coordination.shirk": 0.0,
    "cases.coordination.overlap": 0.0,
    "desks.command_centre.service": {"distribution": "deterministic", "mean": 0.0},
    "desks.command_centre.errs": 0.0,
    "desks.command_centre.errs_plain": 0.0,
    "desks.command_centre.calendar": "always",
    "handlers": {
        "right": {"title": "Right", "calendar": "always", "teams": None},
        "wrong": {"title": "Wrong", "calendar": "always", "teams": None},
    },
    "cases.categories": {
        "leak": {
            "title": "Leak",
            "handler": "right",
            "rate": 20_000.0,
            "willing": 1.0,
            "report_after": {"distribution": "deterministic", "mean": 0.0},
            "ambiguous": 0.0,
            "service": {"distribution": "deterministic", "mean": 2.0},
            "solved": 1.0,
            "deadline": 72.0,
        }
    },
}
"""Every trouble is reported by app and sent to the right handler at once, and solved within two hours."""


def with_keys(tree: Keys, keys: Keys) -> Keys:
    """A copy of a scenario's mapping with dotted paths set; later ones win."""
    tree = deepcopy(tree)
    for path, value in keys.items():
        *way, last = path.split(".")
        part = tree
        for name in way:
            part = part[name]
        part[last] = deepcopy(value)
    return tree


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each worker begins with files that follow one another, so that what a file's tests share is made once.

    Otherwise the tests of a file are dealt out in small lots, and each worker makes its own.
    """
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getvalue("dist") == "load" else None


@pytest.fixture(scope="session")
def scenario() -> Callable[..., Scenario]:
    """Makes a scenario of 60 households and 20 days, changed by mappings of dotted paths."""
    defaults = Scenario(title="test").model_dump()

    def make(*changes: Keys) -> Scenario:
        keys: Keys = {"days": 20, "community.households": 60}
        for change in changes:
            keys |= change
        return Scenario.model_validate(with_keys(defaults, keys))

    return make


@pytest.fixture(scope="session")
def lived() -> Callable[..., CommunityModel]:
    """Lives a scenario to its end and returns the model."""

    def live(asked: Scenario, seed: int = 1, **options: Any) -> CommunityModel:
        model = CommunityModel(asked, rng=seed, **options)
        model.run_to_end()
        return model

    return live


@pytest.fixture(scope="session")
def quiet() -> Keys:
    """Dotted paths of a scenario in which nothing is announced and nobody acts."""
    return QUIET


@pytest.fixture(scope="session")
def at_once() -> Keys:
    """Dotted paths of a scenario in which every trouble is reported, sent and solved without a hitch."""
    return AT_ONCE
