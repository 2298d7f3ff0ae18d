"""Word of mouth: the kernel against a shortest-way search over the same delays and the plain reference."""

import math
from heapq import heappop, heappush

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.schema import Scenario
from simulation.chance import draw_plain
from simulation.kernels import COMPILED, PLAIN
from simulation.model import CommunityModel
from simulation.notices import plain, spread

FROM, UNTIL = 7, 22
WAKING = UNTIL - FROM


class Village:
    """A handful of households on a ring of neighbours."""

    def __init__(self, homes: list[int], at_home: float, nearby: float, passes_on: float, key: int) -> None:
        self.residents_from = np.concatenate(([0], np.cumsum(homes))).astype(np.int32)
        self.size = int(self.residents_from[-1])
        self.household = np.repeat(np.arange(len(homes)), homes).astype(np.int32)
        pairs = {(a, (a + step) % self.size) for a in range(self.size) for step in (1, 3)}
        pairs |= {(b, a) for a, b in pairs}
        ties = sorted((a, b) for a, b in pairs if self.household[a] != self.household[b])
        self.tie_from = np.searchsorted([a for a, _ in ties], np.arange(self.size + 1)).astype(np.int64)
        self.tie_to = np.array([b for _, b in ties], dtype=np.int32)
        self.listens = np.arange(self.size) % 7 != 5
        self.chances = (at_home, nearby, passes_on)
        self.key = key

    def spread(self, row: np.ndarray, days: int, ends: int, kernel=spread.spread_day) -> np.ndarray:
        row = row.copy()
        room = (np.zeros(25, dtype=np.int32), *(np.zeros(self.size, dtype=np.int32) for _ in range(2)))
        for day in range(days):
            kernel(
                row, 0, self.size, day, ends, np.uint64(self.key), self.listens, self.residents_from,
                self.household, self.tie_from, self.tie_to, *self.chances, FROM, UNTIL, *room,
            )  # fmt: skip
        return row

    def contacts(self, teller: int):
        home = self.household[teller]
        for other in range(self.residents_from[home], self.residents_from[home + 1]):
            if other != teller:
                yield int(other), spread.HOUSEHOLD, self.chances[0]
        if draw_plain(self.key ^ spread.PASS_SALT, teller, 0) < self.chances[2]:
            for other in self.tie_to[self.tie_from[teller] : self.tie_from[teller + 1]]:
                yield int(other), spread.NEIGHBOUR, self.chances[1]


def shortest_way(village: Village, row: np.ndarray, days: int, ends: int) -> np.ndarray:
    """Who hears when, by Dijkstra's search: the hour of a talk depends on the teller's hour alone."""
    row = [int(key) for key in row]
    heap = [(key, resident) for resident, key in enumerate(row) if key != spread.UNKNOWN]
    heap.sort()
    while heap:
        key, teller = heappop(heap)
        heard = key >> 36
        if key != row[teller] or not village.listens[teller] or heard >= 1440 * days:
            continue
        day, hour = divmod(heard // 60, 24)
        waking_heard = day * WAKING + min(max(hour + 1 - FROM, 0), WAKING)
        for other, channel, chance in village.contacts(teller):
            if chance <= 0.0 or not village.listens[other]:
                continue
            u = draw_plain(village.key ^ spread.TALK_SALT, teller, other)
            trial = 0 if chance >= 1.0 else math.floor(math.log1p(-u) / math.log1p(-chance))
            later, of_day = divmod(waking_heard + trial, WAKING)
            minute = 60 * (24 * later + FROM + of_day)
            minute += math.floor(60.0 * draw_plain(village.key ^ spread.MINUTE_SALT, teller, other))
            news = (minute << 36) | (channel << 32) | (teller + 1)
            if minute < ends and news < row[other]:
                row[other] = news
                heappush(heap, (news, other))
    return np.array(row, dtype=np.int64)


@given(
    homes=st.lists(st.integers(1, 5), min_size=3, max_size=12),
    at_home=st.sampled_from([0.0, 0.05, 0.4, 1.0]),
    nearby=st.sampled_from([0.0, 0.01, 0.3]),
    passes_on=st.sampled_from([0.0, 0.5, 1.0]),
    key=st.integers(0, 2**62),
    told=st.lists(st.integers(0, 4 * 1440), min_size=1, max_size=3),
)
@settings(max_examples=80, deadline=None, derandomize=True)
def test_kernel_finds_the_shortest_way_bit_for_bit(homes, at_home, nearby, passes_on, key, told):
    village = Village(homes, at_home, nearby, passes_on, key)
    row = np.full(village.size, spread.UNKNOWN, dtype=np.int64)
    for number, minute in enumerate(told):
        spread.tell(row, (5 * number) % village.size, minute, 0, 1000 + number)
    ends = 6 * 1440 + 600
    expected = shortest_way(village, row, 6, ends)
    assert village.spread(row, 6, ends).tolist() == expected.tolist()


def test_kernel_and_plain_reference_follow_the_same_law():
    """Shares informed after one, two and three days agree within four standard errors over 400 notices."""
    homes = [3, 1, 2, 4, 2, 3]
    days, notices = 3, 400
    shares = {}
    for name, kernel in (("kernel", spread.spread_day), ("plain", plain.spread_day)):
        seen = np.zeros((notices, days))
        for notice in range(notices):
            village = Village(homes, 0.08, 0.05, 0.6, 7919 * notice + (name == "plain"))
            row = np.full(village.size, spread.UNKNOWN, dtype=np.int64)
            spread.tell(row, 0, 8 * 60, 0, 1000)
            minute = spread.unpack(village.spread(row, days, 10 * 1440, kernel))[0]
            seen[notice] = [(minute < 1440 * (day + 1)).mean() for day in range(days)]
        shares[name] = seen
    gap = shares["kernel"].mean(axis=0) - shares["plain"].mean(axis=0)
    error = np.sqrt(sum(seen.var(axis=0, ddof=1) for seen in shares.values()) / notices)
    assert np.all(np.abs(gap) < 4.0 * error)
    assert np.all(error < 0.02), "too few notices to tell anything"
    assert 0.2 < shares["plain"].mean() < 0.9, "nothing to compare"


def small(**parts: object) -> Scenario:
    data = {"title": "x", "days": 12, "community": {"households": 60}, "notices": {"at": ("30 h", "50 h")}}
    return Scenario.model_validate(data | parts)


def test_rounds_and_account_are_bit_for_bit_the_interpreted_code():
    """With word of mouth silent, all else of a run is the same code compiled and interpreted."""
    scenario = small(
        notices={
            "at": ("30 h", "50 h"),
            "talk": {"household": 0.0, "neighbour": 0.0},
            "group_chat": {"on": True},
        },
        patrol={"knocks": True},
    )
    tables = []
    for plain_one in (False, True):
        model = CommunityModel(scenario, rng=5, trace=True, plain=plain_one)
        model.run_to_end()
        tables.append(model.tables())
    assert tables[0]["visits"]["told"].sum() > 50
    for name in ("spread", "visits", "work", "cases", "notices"):
        assert tables[0][name].equals(tables[1][name]), name
    for name in ("timeline", "satisfaction"):
        numbers = [table[name].select_dtypes("number").astype("float64") for table in tables]
        np.testing.assert_allclose(numbers[0], numbers[1], rtol=1e-12, err_msg=name)


@pytest.mark.slow
def test_whole_plain_model_agrees_with_the_compiled_one():
    """Twelve days of sixty households, twenty seeds: mean reach within four standard errors."""
    reach = {True: [], False: []}
    for seed in range(20):
        for plain_one, values in reach.items():
            model = CommunityModel(small(), rng=seed, plain=plain_one)
            model.run_to_end()
            values.append(model.summary()["notice.reach_72h"])
    gap = np.subtract(reach[True], reach[False])
    assert abs(gap.mean()) < 4.0 * gap.std(ddof=1) / np.sqrt(len(gap))
    assert gap.std() < 0.1


def test_both_sets_have_a_kernel_of_every_kind():
    for name in COMPILED.__slots__:
        assert callable(getattr(PLAIN, name))
        assert getattr(COMPILED, name) is not getattr(PLAIN, name)
