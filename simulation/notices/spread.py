"""How a notice spreads: who knows it from when and from whom, board, chat and word of mouth.

What a resident knows of a notice is one integer: minute of hearing, channel and teller, packed so that the
smaller integer is the earlier news. Whatever reaches a resident twice keeps the earlier.

Word of mouth is an hourly chance for each pair: in every waking hour after the hour in which one of them
heard, the two talk of the notice with a small probability. The kernel draws the geometric delay of a pair
once, when the teller hears, and so touches nobody whom nothing reaches; :mod:`simulation.notices.plain` asks
every pair every hour.
"""

import numpy as np
from numpy.typing import NDArray

from scenarios.distributions import RandomTime
from simulation.chance import draw_fast, draws
from simulation.compiled import kernel

CHANNELS = (
    "street",
    "branch",
    "leader",
    "centre_household",
    "grid_worker",
    "visit",
    "household",
    "neighbour",
    "group_chat",
    "board",
)
"""Ways of hearing, by who or what tells."""
HOUSEHOLD, NEIGHBOUR, GROUP_CHAT, BOARD = (
    CHANNELS.index(name) for name in ("household", "neighbour", "group_chat", "board")
)
NOBODY = -1
"""The teller where a board or a chat tells."""
UNKNOWN = (1 << 62) - 1
"""The key of one who does not know: later than any minute."""

TALK_SALT, MINUTE_SALT, PASS_SALT = 0x7461_6C6B, 0x6D69_6E75_7465, 0x7061_7373
BOARD_SALT, CHAT_SALT = 0x626F_6172_64, 0x6368_6174
"""Told apart from each other and from the notice's own key, so that no two purposes share a draw."""

Keys = NDArray[np.int64]
Flags = NDArray[np.bool_]


def tell(row: Keys, person: int, minute: int, channel: int, teller: int) -> None:
    """Let ``person`` know from ``minute`` on, unless they knew before."""
    row[person] = min(int(row[person]), (minute << 36) | (channel << 32) | (teller + 1))


def unpack(keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Minute, channel and teller (NOBODY where none) of each key."""
    return keys >> 36, (keys >> 32) & 0xF, (keys & 0xFFFFFFFF) - 1


def post_chat(
    row: Keys,
    first: int,
    last: int,
    key: int,
    members: Flags,
    reads: float,
    read_after: RandomTime,
    minute: int,
    from_hour: int,
    until_hour: int,
    ends: int,
) -> None:
    """Post a notice to the chat at ``minute``: members read it after a while, at night not before waking.

    ``members`` marks those among ``first`` to ``last`` who are in the group.
    """
    people = np.arange(first, last)
    reader = members & (draws(key ^ CHAT_SALT, people, 0) < reads)
    people = people[reader]
    waits = read_after.quantile(draws(key ^ CHAT_SALT, people, 1))
    read = np.minimum(minute + np.ceil(waits * 60.0), float(ends)).astype(np.int64)
    into_day = read % 1440
    asleep_till = np.where(into_day >= 60 * until_hour, 1440 + 60 * from_hour, 60 * from_hour)
    asleep = (into_day < 60 * from_hour) | (into_day >= 60 * until_hour)
    read = np.where(asleep, read - into_day + asleep_till, read)
    known = (read << 36) | (GROUP_CHAT << 32)
    row[people] = np.where(read < ends, np.minimum(row[people], known), row[people])


@kernel
def post_board(
    row: Keys,
    first: int,
    last: int,
    key: np.uint64,
    listens: Flags,
    minute: int,
    reads: float,
    from_hour: int,
    until_hour: int,
    ends: int,
) -> None:
    """Hang a notice out at ``minute``: on each day that follows a resident reads it with chance ``reads``.

    A day is one day's waking hours, the first counted from the hanging; half of it may lie on the next date.
    """
    if reads <= 0.0:
        return
    waking = 60 * (until_hour - from_hour)
    hung = waking_before(minute, from_hour, until_hour)
    for resident in range(first, last):
        if listens[resident]:
            days = geometric(draw_fast(key ^ np.uint64(BOARD_SALT), resident, 0), reads) - 1
            into_day = draw_fast(key ^ np.uint64(BOARD_SALT), resident, 1) * waking
            passed = hung + days * waking + int(into_day)
            read = 1440 * (passed // waking) + 60 * from_hour + passed % waking
            if minute <= read < ends:
                row[resident] = min(row[resident], (read << 36) | (BOARD << 32))


@kernel
def geometric(u: float, chance: float) -> int:
    """Trials until the first success, from the uniform quantile ``u``; a huge number where chance is nil."""
    if chance >= 1.0:
        return 1
    trials = np.log1p(-u) / np.log1p(-chance) if chance > 0.0 else 1e9
    return 1 + int(min(trials, 1e9))


@kernel
def waking_before(minute: int, from_hour: int, until_hour: int) -> int:
    """Waking minutes that have passed before ``minute`` of the run."""
    into_day = minute % 1440 - 60 * from_hour
    waking = 60 * (until_hour - from_hour)
    return waking * (minute // 1440) + min(max(into_day, 0), waking)


@kernel
def spread_day(
    row: Keys,
    first: int,
    last: int,
    day: int,
    ends: int,
    key: np.uint64,
    listens: Flags,
    residents_from: NDArray[np.int32],
    household: NDArray[np.int32],
    tie_from: NDArray[np.int64],
    tie_to: NDArray[np.int32],
    at_home: float,
    among_neighbours: float,
    passes_on: float,
    from_hour: int,
    until_hour: int,
    head: NDArray[np.int32],
    following: NDArray[np.int32],
    previous: NDArray[np.int32],
) -> None:
    """Word of mouth that follows from everything heard on ``day``, hour by hour.

    Whoever is told falls into the bucket of that hour, which lies after the teller's; what falls on a later
    day waits in ``row``. Equal to the shortest way through the net of all pairs' delays.

    Args:
        row: (N,) keys of one notice; those of residents ``first`` to ``last`` are read and lowered.
        first: first resident whom it may reach.
        last: one past the last.
        day: the day whose hearings are passed on.
        ends: minute from which nobody speaks of it any more.
        key: the notice's key of draws.
        listens: (N,) who counts as a listener and talker.
        residents_from: (H+1,) first resident of each household.
        household: (N,) household of each resident.
        tie_from: (N+1,) first neighbour tie of each resident.
        tie_to: (ties,) the other end.
        at_home: probability an hour within a household.
        among_neighbours: probability an hour along a tie.
        passes_on: share of residents who talk to neighbours about it at all.
        from_hour: first waking hour.
        until_hour: hour in which talk has ended.
        head: (25,) room for the buckets' first residents.
        following: (N,) room for the next resident in a bucket.
        previous: (N,) room for the one before.
    """
    start = 1440 * day
    head[:] = -1
    for resident in range(first, last):
        minute = row[resident] >> 36
        if start <= minute < start + 1440 and listens[resident]:
            _put(resident, (minute - start) // 60, head, following, previous)
    for hour in range(24):
        teller = head[hour]
        while teller >= 0:
            heard = waking_before(start + 60 * hour + 60, from_hour, until_hour) // 60
            home = household[teller]
            for other in range(residents_from[home], residents_from[home + 1]):
                if other != teller and listens[other]:
                    _talk(row, teller, other, HOUSEHOLD, at_home, heard, start, ends, key, from_hour,
                          until_hour, head, following, previous)  # fmt: skip
            if draw_fast(key ^ np.uint64(PASS_SALT), teller, 0) < passes_on:
                for tie in range(tie_from[teller], tie_from[teller + 1]):
                    if listens[tie_to[tie]]:
                        _talk(row, teller, tie_to[tie], NEIGHBOUR, among_neighbours, heard, start, ends, key,
                              from_hour, until_hour, head, following, previous)  # fmt: skip
            teller = following[teller]


@kernel
def _talk(
    row: Keys,
    teller: int,
    other: int,
    channel: int,
    chance: float,
    heard: int,
    start: int,
    ends: int,
    key: np.uint64,
    from_hour: int,
    until_hour: int,
    head: NDArray[np.int32],
    following: NDArray[np.int32],
    previous: NDArray[np.int32],
) -> None:
    """Let one pair talk in the waking hour that its geometric delay names; ``heard`` hours were before."""
    waking = until_hour - from_hour
    hours = heard + geometric(draw_fast(key ^ np.uint64(TALK_SALT), teller, other), chance) - 1
    hour = 24 * (hours // waking) + from_hour + hours % waking
    if 60 * hour >= ends or 60 * hour > row[other] >> 36:
        return
    minute = 60 * hour + int(60.0 * draw_fast(key ^ np.uint64(MINUTE_SALT), teller, other))
    news = (minute << 36) | (channel << 32) | (teller + 1)
    before = row[other]
    if minute < ends and news < before:
        was = (before >> 36) - start
        if 0 <= was < 1440:
            _take(other, was // 60, head, following, previous)
        row[other] = news
        if minute - start < 1440:
            _put(other, (minute - start) // 60, head, following, previous)


@kernel
def _put(
    resident: int,
    hour: int,
    head: NDArray[np.int32],
    following: NDArray[np.int32],
    previous: NDArray[np.int32],
) -> None:
    after = head[hour]
    following[resident] = after
    previous[resident] = -1
    if after >= 0:
        previous[after] = resident
    head[hour] = resident


@kernel
def _take(
    resident: int,
    hour: int,
    head: NDArray[np.int32],
    following: NDArray[np.int32],
    previous: NDArray[np.int32],
) -> None:
    before, after = previous[resident], following[resident]
    if before >= 0:
        following[before] = after
    else:
        head[hour] = after
    if after >= 0:
        previous[after] = before
