"""A notice while it is news."""

from dataclasses import dataclass, field
from math import ceil

import numpy as np
from numpy.typing import NDArray

from simulation.notices.spread import tell


@dataclass(slots=True)
class Live:
    """One notice that is being followed.

    ``first`` and ``last`` bound the residents of its street; ``audience`` marks those it is meant for and
    who count, over that range.
    """

    number: int
    slot: int
    hour: float
    ends: float
    street: int
    kind: int
    key: int
    first: int
    last: int
    audience: NDArray[np.bool_]
    listens: NDArray[np.bool_]
    curious: list[int] = field(default_factory=list)
    counted: bool = False

    @property
    def bit(self) -> int:
        """The bit that stands for it in masks."""
        return 1 << self.slot

    def tell(self, keys: NDArray[np.int64], person: int, hour: float, channel: int, teller: int) -> None:
        """Tell a person; people from outside the community and children do not count."""
        if person < len(self.listens) and self.listens[person]:
            tell(keys[self.slot], person, ceil(hour * 60.0 - 1e-6), channel, teller)
