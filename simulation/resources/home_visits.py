"""Home visits for the lists: somebody with a few minutes a day calls at homes that have not answered."""

import numpy as np
from numpy.typing import NDArray

from simulation.community.presence import at_home
from simulation.compiled import kernel
from simulation.trails import ASKED, NOT_ASKED, leave

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


@kernel
def survey_day(
    start: float,
    actor: Ints,
    homes_from: Longs,
    homes: Longs,
    pointer: Longs,
    a_day: float,
    visit: float,
    knock: float,
    asked: Floats,
    adult: NDArray[np.bool_],
    residents_from: Ints,
    presence: NDArray[np.uint8],
    chances: Floats,
    presence_key: np.uint64,
    left: Floats,
    spent: Floats,
    activity: int,
    received: Ints,
    counts: Longs,
    trail: Longs,
) -> None:
    """One day's visits of K visitors.

    Args:
        start: minute of the run at which they set out.
        actor: (K,) row of each in the working time.
        homes_from: (K+1,) first entry of each in ``homes``.
        homes: homes to go through, in the order of calling.
        pointer: (K,) place in the own list at which to go on; moved.
        a_day: minutes that each gives to this.
        visit: minutes of a visit.
        knock: minutes lost at a door that nobody opens.
        asked: (H,) hour at which each home said what it wants and has; infinite until then. Filled.
        adult: (N,) residents who can be asked.
        residents_from: (H+1,) first resident of each household.
        presence: (N,) kind of presence.
        chances: (kinds, 4) probability of being at home today.
        presence_key: key of the presence draws.
        left: (A,) minutes left today; spent.
        spent: (A, activities) minutes spent; added to.
        activity: what the minutes are spent on.
        received: (N,) visits received today; added to.
        counts: (K, 3) knocks, doors opened, and an unused column; added to.
        trail: the steps of the day, see :mod:`simulation.trails`; added to.
    """
    for number in range(len(actor)):
        me = actor[number]
        mine = homes_from[number + 1] - homes_from[number]
        clock = 0.0
        for _ in range(mine):
            home = homes[homes_from[number] + pointer[number]]
            if asked[home] > (start + clock) / 60.0:
                if clock + visit > a_day or left[me] < visit:
                    break
                counts[number, 0] += 1
                minutes = knock
                for resident in range(residents_from[home], residents_from[home + 1]):
                    there = adult[resident]
                    if there and at_home(resident, int(start + clock), presence, chances, presence_key):
                        counts[number, 1] += 1
                        received[resident] += 1
                        minutes = visit
                        asked[home] = (start + clock + visit) / 60.0
                        break
                leave(trail, me, start + clock, ASKED if minutes == visit else NOT_ASKED, home)
                left[me] -= minutes
                spent[me, activity] += minutes
                clock += minutes
            pointer[number] = (pointer[number] + 1) % mine
