"""The account of everybody's satisfaction: what happens to some, and every evening waiting and visits.

Besides the kernels this holds the causes under which every change is entered.
"""

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import kernel

CAUSES = (
    "struck",
    "waiting",
    "solved",
    "late",
    "failed",
    "fed_back",
    "informed",
    "missed",
    "visited",
    "adaptation",
    "need",
    "cared",
    "pressed",
    "renewed",
    "cleaned",
    "unserved",
    "served",
)
(
    STRUCK, WAITING, SOLVED, LATE, FAILED, FED_BACK, INFORMED, MISSED, VISITED, ADAPTATION, NEED, CARED,
    PRESSED, RENEWED, CLEANED, UNSERVED, SERVED,
) = range(len(CAUSES))  # fmt: skip
GROUPS = ("all", "vulnerable")

Floats = NDArray[np.float64]


@kernel
def move(
    level: Floats, vulnerable: NDArray[np.bool_], who: NDArray[np.int64], rate: float, entry: Floats
) -> None:
    """Move the residents ``who`` by ``rate`` of the room above them, or below where it is negative.

    ``entry`` is the (groups,) of one month and cause in the ledger.
    """
    for resident in who:
        change = rate * ((100.0 - level[resident]) if rate > 0.0 else level[resident])
        level[resident] += change
        entry[0] += change
        if vulnerable[resident]:
            entry[1] += change


@kernel
def take(
    level: Floats, vulnerable: NDArray[np.bool_], first: int, taken: Floats, rate: float, entry: Floats
) -> None:
    """Take ``rate`` of the room below from the residents from ``first`` on, and add it to their ``taken``.

    ``entry`` is the (groups,) of one month and cause in the ledger.
    """
    for place in range(len(taken)):
        resident = first + place
        change = rate * level[resident]
        level[resident] -= change
        taken[place] += change
        entry[0] -= change
        if vulnerable[resident]:
            entry[1] -= change


@kernel
def give_back(
    level: Floats, vulnerable: NDArray[np.bool_], first: int, taken: Floats, share: float, entry: Floats
) -> None:
    """Give the residents from ``first`` on a ``share`` of what was ``taken``, and nobody more than 100."""
    for place in range(len(taken)):
        resident = first + place
        change = min(share * taken[place], 100.0 - level[resident])
        level[resident] += change
        entry[0] += change
        if vulnerable[resident]:
            entry[1] += change


@kernel
def account_day(
    level: Floats,
    start: Floats,
    vulnerable: NDArray[np.bool_],
    residents_from: NDArray[np.int32],
    household_building: NDArray[np.int32],
    home_weight: Floats,
    building_weight: Floats,
    visits: NDArray[np.int32],
    waiting: float,
    waiting_building: float,
    visited: float,
    adapts: float,
    entry: NDArray[np.float64],
) -> None:
    """One evening's account of all residents; ``entry`` is the month's (causes, groups) of the ledger."""
    for home in range(len(household_building)):
        loss = waiting * home_weight[home] + waiting_building * building_weight[household_building[home]]
        loss = min(loss, 1.0)
        for resident in range(residents_from[home], residents_from[home + 1]):
            now = level[resident]
            lost = -loss * now
            gained = visited * (100.0 - now - lost) if visits[resident] > 0 else 0.0
            visits[resident] = 0
            back = adapts * (start[resident] - now - lost - gained)
            level[resident] = now + lost + gained + back
            entry[WAITING, 0] += lost
            entry[VISITED, 0] += gained
            entry[ADAPTATION, 0] += back
            if vulnerable[resident]:
                entry[WAITING, 1] += lost
                entry[VISITED, 1] += gained
                entry[ADAPTATION, 1] += back
