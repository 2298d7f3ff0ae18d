"""What is on both lists of one community when they are matched."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(slots=True)
class Listed:
    """What is on the lists of one community: n wants and m offers, in order of listing."""

    kind: Ints
    """(n,) index into WANTS."""
    slot: Ints
    """(n,) when."""
    offer_kind: Ints
    """(m,) index into OFFERS."""
    offer_slot: Ints
    """(m,) when."""
    places: Ints
    """(m,) places that are left."""
    whole: NDArray[np.bool_]
    """(m,) none of its places has been given: only then is it free for a group."""
    worth: Floats
    """(n, m) worth of each pair and of its provider's title, without urgency; 0 where not acceptable."""
    child_worth: Floats
    """(n, m) worth of looking after each child in each room; other rows and columns are not used."""
    teacher_worth: Floats
    """(m, m) worth of each teacher in each room, and of both providers' titles."""
    urgency: Floats
    """(n,) worth added to meeting each want."""
    least: int
    """Fewest children of a group."""
    most: int
    """Most children of a group."""
