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
    def provider(self) -> int | None:
        """Its number among the providers; None where it has no skill or room that others could use."""
        state = self.model.state
        community = state.population.building_community[self.building]
        number = int(state.providers.number_of(self.index, community))
        return None if number < 0 else number

    @property
    def offers(self) -> list[str]:
        """What it has to give now, by kind."""
        provider = self.provider
        return [] if provider is None else list(self.model.resources.on_offer(provider))

    @property
    def neighbours(self) -> list[int]:
        """Residents of other homes this one talks with."""
        people = self.model.state.population
        first, last = people.tie_from[self.index : self.index + 2]
        return [int(other) for other in people.tie_to[first:last]]
