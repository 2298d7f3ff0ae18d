"""Organisations with something to give: views on the providers' rows. Residents who give stay residents."""

from agents.columns import Column, View


class Provider(View):
    """One organisation; its number is the ``provider`` of the tables."""

    community = Column("providers.are.community", int)
    """The community it gives to."""
    building = Column("providers.are.building", int)
    """The building it is in, or next to."""
    heart = Column("providers.heart", float, settable=True)
    """What recognition or its lack has added to its willingness, below 0 where heart was lost."""
    gave = Column("providers.gave", int, settable=True)
    """Times it has given since the run began."""
    titled = Column("providers.titled", bool, settable=True)
    """Has a title that puts it first."""

    @property
    def willing(self) -> float:
        """Probability that it gives when asked now."""
        return float(self.model.state.providers.willing(self.index))

    @property
    def offers(self) -> list[str]:
        """What it has to give now, by kind."""
        return list(self.model.resources.on_offer(self.index))


class AffairsOffice(Provider):
    """The street's affairs office, as far as it serves one community."""


class Enterprise(Provider):
    """An enterprise in or near a community."""


class NGO(Provider):
    """An NGO that works in a community."""


ORGANISATIONS: tuple[type[Provider], ...] = (AffairsOffice, Enterprise, NGO)
"""The kind of agent for each kind of provider that is an organisation, as numbered in the columns."""
