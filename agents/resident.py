"""Residents: everybody who lives in the community."""

from agents.columns import Column, View


class Resident(View):
    """One resident, a view on the population's columns."""

    household = Column("population.household", int)
    age = Column("population.age", int)
    """Years."""
    alone = Column("population.alone", bool)
    """Over 60 and living alone."""
    disabled = Column("population.disabled", bool)
    vulnerable = Column("population.vulnerable", bool)
    """Living alone over 60, or disabled."""
    digital = Column("population.digital", bool)
    """Uses a smartphone."""
    party = Column("population.party", bool)
    """Party member."""
    satisfaction = Column("satisfaction.level", float)
    """Satisfaction now, 0-100."""

    @property
    def building(self) -> int:
        """The building."""
        return int(self.model.state.population.household_building[self.household])

    @property
    def trust(self) -> float:
        """Trust now that telling somebody helps, 0-1."""
        return float(self.model.state.satisfaction.trust(self.index))

    @property
    def neighbours(self) -> list[int]:
        """Residents of other homes this one talks with."""
        people = self.model.state.population
        first, last = people.tie_from[self.index : self.index + 2]
        return [int(other) for other in people.tie_to[first:last]]
