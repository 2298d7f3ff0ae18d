"""Word of mouth in a household is a plain SI process: mean shares against the exact Markov chain."""

import numpy as np
import pytest
from scipy.stats import binom

from simulation.model import CommunityModel
from simulation.notices import spread

FROM, UNTIL = 7, 22
HOMES = 6000


def exact(size: int, chance: float, hours: int) -> np.ndarray:
    """Distribution of the number who know, after 0, 1 ... waking hours; one knows at first.

    In an hour each of k who know talks to each who does not with probability ``chance``, independently.
    """
    step = np.zeros((size + 1, size + 1))
    for know in range(1, size + 1):
        missed = (1.0 - chance) ** know
        for more in range(size - know + 1):
            step[know, know + more] = binom.pmf(more, size - know, 1.0 - missed)
    states = [np.eye(size + 1)[1]]
    for _ in range(hours):
        states.append(states[-1] @ step)
    return np.array(states)


def spread_in_homes(size: int, chance: float, days: int, told_at: int) -> np.ndarray:
    """(homes, members) minute of hearing, in homes that have no ties beyond."""
    people = HOMES * size
    row = np.full(people, spread.UNKNOWN, dtype=np.int64)
    for home in range(HOMES):
        spread.tell(row, home * size, told_at, 0, people)
    for day in range(days):
        spread.spread_day(
            row, 0, people, day, 1440 * 90, np.uint64(987654321), np.ones(people, dtype=np.bool_),
            np.arange(0, people + 1, size, dtype=np.int32), np.repeat(np.arange(HOMES, dtype=np.int32), size),
            np.zeros(people + 1, dtype=np.int64), np.zeros(0, dtype=np.int32),
            chance, 0.5, 1.0, FROM, UNTIL,
            np.zeros(25, dtype=np.int32), np.zeros(people, dtype=np.int32), np.zeros(people, dtype=np.int32),
        )  # fmt: skip
    return (row >> 36).reshape(HOMES, size)


@pytest.mark.parametrize(("size", "chance"), [(3, 0.08), (4, 0.03), (6, 0.05), (5, 0.4)])
def test_share_of_a_household_follows_the_exact_chain(size, chance):
    minute = spread_in_homes(size, chance, days=3, told_at=60 * 8)
    truth = exact(size, chance, 3 * (UNTIL - FROM))
    counts = np.arange(size + 1)
    for waking in (1, 3, 6, 13, 20, 33):
        day, hour = divmod(waking + 9 - FROM, UNTIL - FROM)  # who hears at 8:00 talks from 9:00 on
        know = (minute < 1440 * day + 60 * (FROM + hour)).sum(axis=1)
        expected = float(truth[waking] @ counts)
        spread_of_truth = float(truth[waking] @ (counts - expected) ** 2) ** 0.5
        assert abs(know.mean() - expected) <= 4.0 * spread_of_truth / HOMES**0.5, waking
        everybody = truth[waking, size]
        error = max(0.0, everybody * (1.0 - everybody) / HOMES) ** 0.5
        assert abs((know == size).mean() - everybody) <= 4.0 * error + 1e-9, waking
    assert 1.05 < float(truth[6] @ counts) < size, "nothing happens in six hours"


def test_one_who_hears_at_night_talks_from_the_morning():
    minute = spread_in_homes(3, 1.0, days=2, told_at=60 * 23)
    assert ((minute[:, 1:] >= 1440 + 60 * FROM) & (minute[:, 1:] < 1440 + 60 * (FROM + 1))).all()


@pytest.mark.parametrize("chance", [0.02, 0.1])
def test_whole_model_follows_the_chain_where_only_homes_talk(scenario, quiet, chance):
    """Homes of four, one of whom is told by hand when a notice is issued: mean reach over twenty notices."""
    issued = [24.0 * day + 8.0 for day in range(0, 80, 4)]
    keys = {
        "days": 84,
        "community.people.household_sizes": (0.0, 0.0, 0.0, 1.0),
        "notices.min_age": 0,
        "notices.at": tuple(issued),
        "notices.follow": "4 days",
        "notices.talk.household": chance,
    }
    model = CommunityModel(scenario(quiet, keys), rng=3)

    def tell_one_of_each_home(hour: float) -> None:
        for notice in model.notices.live:
            if notice.hour == hour - 0.25:
                for first in model.state.population.residents_from[:-1].tolist():
                    notice.tell(model.notices.keys, first, hour, 0, 10**6)

    for hour in issued:
        model.state.agenda.at(hour + 0.25, tell_one_of_each_home)
    model.run_to_end()
    notices = model.tables()["notices"]
    waking = 13 + 1  # from nine to ten at night, and an hour of the next morning
    truth, counts = exact(4, chance, waking)[-1], np.arange(5)
    expected = float(truth @ counts)
    samples = 60 * len(issued)
    error = float(truth @ (counts - expected) ** 2) ** 0.5 / samples**0.5
    assert len(notices) == len(issued)
    assert abs(4.0 * notices["reach_24h"].mean() - expected) < 4.0 * error
    assert error < 0.04
    assert notices["by_household"].sum() > 0
    assert notices["by_neighbour"].sum() == 0
