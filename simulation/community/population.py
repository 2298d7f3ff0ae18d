"""The population as columns: who lives where and who knows whom. All of it is fate.

Streets hold communities, communities buildings, buildings households, households residents; each level is
numbered so that the members of one unit are consecutive, and ``*_from`` arrays hold where each unit starts.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.cases import Title

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

WORKER, RETIRED, CHILD = 0, 1, 2
"""Kinds of daily presence at home; rows of the presence table."""


@dataclass(frozen=True, slots=True)
class Population:
    """Struct of arrays over C communities, B buildings, H households and N residents."""

    community_street: Ints
    """(C,) street of each community."""
    buildings_from: Ints
    """(C+1,) first building of each community."""
    building_community: Ints
    """(B,) community of each building."""
    x_m: Floats
    """(B,) metres east of the layout's south-west corner."""
    y_m: Floats
    """(B,) metres north of it."""
    footprint_m2: Floats
    """(B,) footprint."""
    floors: Ints
    """(B,) floors."""
    condition: Floats
    """(B,) condition, 1 as new, 0 derelict."""
    households_from: Ints
    """(B+1,) first household of each building."""
    household_building: Ints
    """(H,) building of each household."""
    residents_from: Ints
    """(H+1,) first resident of each household."""
    household: Ints
    """(N,) household of each resident."""
    age: Ints
    """(N,) age in years."""
    alone: Flags
    """(N,) over 60 and living alone."""
    disabled: Flags
    """(N,) with a disability."""
    vulnerable: Flags
    """(N,) alone or disabled."""
    digital: Flags
    """(N,) uses a smartphone."""
    party: Flags
    """(N,) party member."""
    presence: NDArray[np.uint8]
    """(N,) WORKER, RETIRED or CHILD."""
    trust: Floats
    """(N,) trust before the run, 0-1."""
    satisfaction: Floats
    """(N,) satisfaction before the run, 0-100."""
    tie_from: NDArray[np.int64]
    """(N+1,) first neighbour tie of each resident; ties are symmetric and leave out the own household."""
    tie_to: Ints
    """(ties,) the resident at the other end."""

    @property
    def communities(self) -> int:
        """Number of communities."""
        return len(self.community_street)

    @property
    def buildings(self) -> int:
        """Number of buildings."""
        return len(self.building_community)

    @property
    def households(self) -> int:
        """Number of households."""
        return len(self.household_building)

    @property
    def residents(self) -> int:
        """Number of residents."""
        return len(self.household)

    def in_building(self, building: int) -> tuple[int, int]:
        """First resident of a building, and the one after the last."""
        homes = self.households_from[building : building + 2]
        first, end = self.residents_from[homes].tolist()
        return first, end

    def in_community(self, community: int) -> tuple[int, int]:
        """First resident of a community, and the one after the last."""
        homes = self.households_from[self.buildings_from[community : community + 2]]
        first, end = self.residents_from[homes].tolist()
        return first, end


@dataclass(frozen=True, slots=True)
class Organisation:
    """How a scenario divides the community and whom it gives a role. Policy: fate does not depend on it.

    G grids, P party groups, K centre households, W grid workers.
    """

    household_grid: Ints
    """(H,) grid of each household; a building above the cap is divided by household."""
    grid_community: Ints
    """(G,) community of each grid."""
    grid_area_km2: Floats
    """(G,) area of each grid."""
    grid_buildings_from: Ints
    """(G+1,) first entry of each grid in ``grid_buildings``."""
    grid_buildings: Ints
    """(...,) buildings with at least one household in the grid, in the order of a patrol."""
    building_group: Ints
    """(B,) party group of each building."""
    group_community: Ints
    """(P,) community of each party group."""
    group_leader: Ints
    """(P,) the resident who leads it: the party member with the most ties; -1 where there is no member."""
    centres_from: Ints
    """(B+1,) first centre household of each building."""
    centre_household: Ints
    """(K,) household."""
    centre_resident: Ints
    """(K,) the party member in it who acts."""
    centres_wanted: Ints
    """(B,) centre households the rule asks for; fewer party households may bind."""
    worker_grid: Ints
    """(W,) grid of each grid worker, full-time workers of a grid before its part-time ones."""
    worker_full_time: Flags
    """(W,) full-time or part-time."""
    worker_resident: Ints
    """(W,) the resident who does it part-time; -1 for a full-time worker, who comes from outside."""
    warnings: tuple[Title, ...]
    """What in the rules did not fit the place, in plain sentences of both languages."""
