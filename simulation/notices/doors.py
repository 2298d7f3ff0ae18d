"""Knocking on doors: a person with minutes goes through a list of homes where notices are still to be told.

At each door somebody may be at home or nobody. Who opens is told all that is due and may speak of a trouble.
A closed door is tried again on another day, until a notice's attempts there are used up. The round ends when
the minutes or the evening are over; the next one goes on where it stopped.
"""

import numpy as np
from numpy.typing import NDArray

from simulation.chance import draw_fast
from simulation.community.presence import at_home
from simulation.compiled import kernel
from simulation.trails import CLOSED, OPENED, leave

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


@kernel
def knock_day(
    start: int,
    until: int,
    actor: Ints,
    person: Longs,
    homes_from: Longs,
    homes: Ints,
    pointer: Ints,
    carried: Longs,
    todo: Longs,
    tries: NDArray[np.uint8],
    opens_key: np.uint64,
    keys: Longs,
    channel: int,
    listens: NDArray[np.bool_],
    residents_from: Ints,
    presence: NDArray[np.uint8],
    chances: Floats,
    presence_key: np.uint64,
    visit: float,
    tell: float,
    knock: float,
    attempts: int,
    left: Floats,
    spent: Floats,
    activity: int,
    troubled: Ints,
    visits: Ints,
    wanted_more: NDArray[np.bool_],
    counts: Longs,
    log: Longs,
    trail: Longs,
) -> int:
    """One round of K people, each with homes of their own.

    Args:
        start: minute of the run at which they set out.
        until: minute after which nobody knocks.
        actor: (K,) row of each in the working time.
        person: (K,) the resident each is, who counts as the teller.
        homes_from: (K+1,) first entry of each in ``homes``.
        homes: homes to go through.
        pointer: (K,) place in the own list at which to go on; moved.
        carried: (K,) mask of the notices each knows.
        todo: (H,) mask of the notices still to be told at each door; cleared where told or given up.
        tries: (slots, H) failed knocks with each notice since the door last opened.
        opens_key: key of the draws of who opens.
        keys: (slots, N) who knows what, see :mod:`simulation.notices.spread`; lowered.
        channel: channel under which this telling counts.
        listens: (N,) residents who can be told.
        residents_from: (H+1,) first resident of each household.
        presence: (N,) kind of presence.
        chances: (kinds, 4) probability of being at home today.
        presence_key: key of the presence draws.
        visit: minutes for walking there and greeting.
        tell: minutes for one notice.
        knock: minutes lost at a door that nobody opens.
        attempts: failed knocks after which a notice is given up at a door.
        left: (A,) minutes left today; spent.
        spent: (A, activities) minutes spent; added to.
        activity: what the minutes are spent on.
        troubled: (H,) troubles of each home that nobody has found.
        visits: (N,) visits received today; added to.
        wanted_more: (A,) set where time ran out before the homes did.
        counts: (K, 3) knocks, doors opened, notices told; added to.
        log: (rows, 3) knocker, minute and resident of each opened door behind which a trouble is; filled.
        trail: the steps of the day, see :mod:`simulation.trails`; added to.

    Returns:
        Rows of ``log`` that were filled.
    """
    rows = 0
    for number in range(len(actor)):
        mine, me = carried[number], actor[number]
        homes_of_mine = homes_from[number + 1] - homes_from[number]
        clock = float(start)
        for _ in range(homes_of_mine if mine else 0):
            home = homes[homes_from[number] + pointer[number]]
            due = todo[home] & mine
            if due:
                if left[me] < max(visit + tell, knock) or clock + visit > until:
                    wanted_more[me] = True
                    break
                counts[number, 0] += 1
                opener = _who_opens(
                    residents_from[home], residents_from[home + 1], int(clock), listens, presence, chances,
                    presence_key, opens_key,
                )  # fmt: skip
                leave(trail, me, clock, OPENED if opener >= 0 else CLOSED, home)
                minutes = knock
                if opener >= 0:
                    counts[number, 1] += 1
                    visits[opener] += 1
                    tries[:, home] = 0
                    minutes = visit
                    if troubled[home] > 0:
                        log[rows, 0], log[rows, 1], log[rows, 2] = number, int(clock), opener
                        rows += 1
                    for slot in range(len(keys)):
                        if due >> slot & 1 and left[me] >= minutes + tell:
                            minutes += tell
                            news = int(np.ceil(clock + minutes)) << 36 | channel << 32 | (person[number] + 1)
                            keys[slot, opener] = min(keys[slot, opener], news)
                            todo[home] &= ~(1 << slot)
                            counts[number, 2] += 1
                else:
                    _stays_closed(home, due, attempts, todo, tries)
                left[me] -= minutes
                spent[me, activity] += minutes
                clock += minutes
            pointer[number] = (pointer[number] + 1) % homes_of_mine
    return rows


@kernel
def _stays_closed(home: int, due: int, attempts: int, todo: Longs, tries: NDArray[np.uint8]) -> None:
    """A failed knock more for each notice of the mask ``due``; one that has had its attempts is given up."""
    for slot in range(len(tries)):
        if due >> slot & 1:
            tries[slot, home] += 1
            if tries[slot, home] >= attempts:
                todo[home] &= ~(1 << slot)


@kernel
def _who_opens(
    first: int,
    last: int,
    minute: int,
    listens: NDArray[np.bool_],
    presence: NDArray[np.uint8],
    chances: Floats,
    presence_key: np.uint64,
    opens_key: np.uint64,
) -> int:
    """One of the home's listeners who are there, all equally likely; -1 where nobody is."""
    opener, least = -1, 1.0
    for resident in range(first, last):
        if listens[resident] and at_home(resident, minute, presence, chances, presence_key):
            lot = draw_fast(opens_key, resident, minute)
            if lot < least:
                opener, least = resident, lot
    return opener
