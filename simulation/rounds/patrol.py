"""Patrol: grid workers walk from building to building, look, talk to whom they meet, tell what they know.

A patrol lasts its time or as long as the worker has minutes, goes on where the last one stopped, and passes
buildings again and again where the grid is small.
"""

import numpy as np
from numpy.typing import NDArray

from simulation.chance import draw_fast
from simulation.community.presence import at_home
from simulation.compiled import kernel
from simulation.trails import LOOKED as LOOK_STEP
from simulation.trails import MET, leave

LOOKED, TALKED = 0, 1
"""Kinds of entries in the log."""

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


@kernel
def walk_day(
    start: int,
    workers: Ints,
    actor: Ints,
    person: Longs,
    worker_grid: Ints,
    duration: float,
    pointer: Ints,
    grid_buildings_from: Ints,
    grid_buildings: Ints,
    households_from: Ints,
    residents_from: Ints,
    household: Ints,
    carried: Longs,
    tells: bool,
    keys: Longs,
    channel: int,
    listens: NDArray[np.bool_],
    presence: NDArray[np.uint8],
    chances: Floats,
    presence_key: np.uint64,
    talk_key: np.uint64,
    meets: float,
    look: Floats,
    talk: float,
    talks: int,
    left: Floats,
    spent: Floats,
    activity: int,
    looks_at: Ints,
    troubled: Ints,
    visits: Ints,
    counts: Longs,
    log: Longs,
    trail: Longs,
) -> int:
    """One patrol of the grid workers in ``workers``.

    Args:
        start: minute of the run at which they set out.
        workers: rows of the workers who walk, out of W.
        actor: (W,) row of each in the working time.
        person: (W,) the resident each is, who counts as the teller.
        worker_grid: (W,) grid of each.
        duration: minutes of a patrol; what is too short for one more building is spent on the way to it.
        pointer: (W,) place in the grid's buildings at which to go on; moved.
        grid_buildings_from: (G+1,) first entry of each grid in ``grid_buildings``.
        grid_buildings: buildings in the order of a patrol.
        households_from: (B+1,) first household of each building.
        residents_from: (H+1,) first resident of each household.
        household: (N,) household of each resident.
        carried: (W,) mask of the notices each knows.
        tells: whether they tell them.
        keys: (slots, N) who knows what, see :mod:`simulation.notices.spread`; lowered.
        channel: channel under which this telling counts.
        listens: (N,) residents who can be told and talked to.
        presence: (N,) kind of presence.
        chances: (kinds, 4) probability of being at home today.
        presence_key: key of the presence draws.
        talk_key: key of the draws of whom a worker meets.
        meets: probability that one who is at home is about to be met.
        look: (W,) minutes of each for walking to a building and looking it over; above 0.
        talk: minutes of one talk.
        talks: residents the worker tries to talk to at each building.
        left: (A,) minutes left today; spent.
        spent: (A, activities) minutes spent; added to.
        activity: what the minutes are spent on.
        looks_at: (B,) troubles of each building that nobody has found and a look can show.
        troubled: (H,) troubles of each home that nobody has found.
        visits: (N,) visits received today; added to.
        counts: (W, 3) residents looked for, talks held, notices told; added to.
        log: (rows, 4) kind, building or resident, worker, minute of what may show a trouble; filled. See
            :func:`most_rows`.
        trail: the steps of the day, see :mod:`simulation.trails`; added to.

    Returns:
        Rows of ``log`` that were filled.
    """
    rows = 0
    for worker in workers:
        grid, me = worker_grid[worker], actor[worker]
        buildings = grid_buildings_from[grid + 1] - grid_buildings_from[grid]
        minutes = min(duration, left[me])
        used, stop = 0.0, 0
        while buildings > 0 and used + look[worker] <= minutes:
            building = grid_buildings[grid_buildings_from[grid] + pointer[worker]]
            pointer[worker] = (pointer[worker] + 1) % buildings
            leave(trail, me, start + used, LOOK_STEP, building)
            used += look[worker]
            if looks_at[building] > 0:
                log[rows] = np.array([LOOKED, building, worker, start + int(used)])
                rows += 1
            first = residents_from[households_from[building]]
            lives_here = residents_from[households_from[building + 1]] - first
            for attempt in range(talks):
                if used + talk > minutes:
                    break
                occasion = (start << 20) + stop * 64 + attempt
                met = first + int(draw_fast(talk_key, worker, 2 * occasion) * lives_here)
                now = start + int(used)
                counts[worker, 0] += 1
                if (
                    not listens[met]
                    or draw_fast(talk_key, worker, 2 * occasion + 1) >= meets
                    or not at_home(met, now, presence, chances, presence_key)
                ):
                    continue
                leave(trail, me, start + used, MET, met)
                used += talk
                counts[worker, 1] += 1
                visits[met] += 1
                if troubled[household[met]] > 0:
                    log[rows] = np.array([TALKED, met, worker, start + int(used)])
                    rows += 1
                if tells:
                    news = start + int(np.ceil(used)) << 36 | channel << 32 | (person[worker] + 1)
                    counts[worker, 2] += _tell_all(keys, met, carried[worker], news)
            stop += 1
        if stop > 0:
            left[me] -= minutes
            spent[me, activity] += minutes
    return rows


def most_rows(duration: float, look: float, talk: float, talks: int) -> int:
    """Rows that the log of one worker's patrol can need: a look at each building passed, and the talks there.

    Args:
        duration: minutes of the patrol.
        look: minutes of the quickest look.
        talk: minutes of one talk.
        talks: residents looked for at each building.
    """
    looks = 1 + int(duration / look)
    held = talks * looks
    return looks + (min(held, 1 + int(duration / talk)) if talk > 0.0 else held)


@kernel
def _tell_all(keys: Longs, resident: int, carried: int, news: int) -> int:
    """Tell a resident every notice of the mask ``carried``; returns how many."""
    told = 0
    for slot in range(len(keys) if carried else 0):
        if carried >> slot & 1:
            keys[slot, resident] = min(keys[slot, resident], news)
            told += 1
    return told
