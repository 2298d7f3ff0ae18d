"""The community a scenario plays in: homes, people, ties. Nothing here is policy; all of it is fate."""

from typing import Annotated

from pydantic import Field, model_validator

from scenarios.phrases import phrase
from scenarios.units import ASSUMED, CHOICE, SOURCE_TEXT, Founded, Misplaced, Share, not_above, param

CENSUS = "China 2020 census, National Bureau of Statistics"
FourShares = Annotated[tuple[Share, Share, Share, Share], Field()]
"""One share for each part of the day: night 22-7, morning 7-12, afternoon 12-18, evening 18-22."""


class Grid(Founded):
    """The caps of a grid; building the community enforces both."""

    max_households: int = param(
        300, "Most households in a grid.", unit="households", source=SOURCE_TEXT, ge=20, le=2000
    )
    max_area: float = param(0.5, "Largest area of a grid.", unit="km2", source=SOURCE_TEXT, gt=0.0, le=20.0)


class PartyGroup(Founded):
    """How many buildings a party group covers."""

    min_buildings: int = param(
        3, "Fewest buildings that make up a party group.", unit="buildings", source=SOURCE_TEXT, ge=1, le=20
    )
    max_buildings: int = param(
        5, "Most buildings that make up a party group.", unit="buildings", source=SOURCE_TEXT, ge=1, le=40
    )

    @model_validator(mode="after")
    def _order(self) -> "PartyGroup":
        if self.min_buildings > self.max_buildings:
            raise Misplaced(
                ("min_buildings",),
                not_above("min_buildings", self.min_buildings, "max_buildings", self.max_buildings),
                ("max_buildings",),
            )
        return self


class CentreHouseholds(Founded):
    """How many party households of a building act as its centre households."""

    fewest: int = param(
        2,
        "Fewest centre households that a building should have.",
        unit="households",
        source=SOURCE_TEXT,
        ge=0,
        le=20,
    )
    most: int = param(
        3,
        "Most in a building; too few party households bind below this, and the tables say so.",
        unit="households",
        source=SOURCE_TEXT,
        ge=0,
        le=20,
    )

    @model_validator(mode="after")
    def _order(self) -> "CentreHouseholds":
        if self.fewest > self.most:
            raise Misplaced(("fewest",), not_above("fewest", self.fewest, "most", self.most), ("most",))
        return self


class Presence(Founded):
    """Probability that a resident is at home, by part of the day (night, morning, afternoon, evening)."""

    worker_workday: FourShares = param(
        (0.93, 0.15, 0.12, 0.70),
        "Probability that a resident of 18 to 59 is at home on a working day.",
        unit="share",
    )
    worker_restday: FourShares = param(
        (0.93, 0.60, 0.45, 0.70),
        "Probability that a resident of 18 to 59 is at home on a day off.",
        unit="share",
    )
    retired_workday: FourShares = param(
        (0.98, 0.60, 0.70, 0.90),
        "Probability that a resident of 60 or older is at home on a working day.",
        unit="share",
    )
    retired_restday: FourShares = param(
        (0.98, 0.60, 0.65, 0.88),
        "Probability that a resident of 60 or older is at home on a day off.",
        unit="share",
    )
    child_workday: FourShares = param(
        (0.98, 0.10, 0.15, 0.85),
        "Probability that a resident under 18 is at home on a working day.",
        unit="share",
    )
    child_restday: FourShares = param(
        (0.98, 0.55, 0.45, 0.80),
        "Probability that a resident under 18 is at home on a day off.",
        unit="share",
    )


class People(Founded):
    """Who lives here."""

    household_sizes: tuple[Share, ...] = param(
        (0.2539, 0.2968, 0.2099, 0.1317, 0.0617, 0.0306, 0.006, 0.004, 0.003, 0.0024),
        "Shares of households with 1, 2, 3 ... members; mean 2.62.",
        unit="share",
        source=CENSUS + " (shares of 1-6 persons; the tail fitted to the mean 2.62)",
        min_length=1,
        max_length=15,
    )
    child_share: Share = param(0.1795, "Share of residents aged 0-14.", unit="share", source=CENSUS)
    elderly_share: Share = param(0.187, "Share of residents aged 60 or more.", unit="share", source=CENSUS)
    elderly_alone_share: Share = param(
        0.15,
        "Share of residents over 60 who live alone.",
        unit="share of residents over 60",
        source="China Daily 2024-10-23 on 2021 survey: 59.7 % empty-nest, a quarter of these alone (derived)",
    )
    disability_share: Share = param(
        0.065,
        "Share of residents with a disability; half of them over 60.",
        unit="share",
        source="Second national sample survey 2006: 6.34 %; Zheng 2011: 6.5 %",
    )
    party_share: Share = param(
        0.07,
        "Share of residents who are party members.",
        unit="share",
        source="99.185 m of 1,410 m, end of 2023 (derived)",
    )
    digital_adult: Share = param(0.95, "Share of residents aged 15-59 who use a smartphone.", unit="share")
    digital_elderly: Share = param(0.55, "Share of residents over 60 who use a smartphone.", unit="share")
    trust_mean: Share = param(0.5, "Mean trust that telling somebody helps.", unit="0-1")
    trust_sd: float = param(0.2, "Spread of that trust between residents.", unit="0-1", ge=0.0, le=0.28)
    satisfaction_mean: float = param(
        65.0, "Mean satisfaction before the run.", unit="0-100", source=ASSUMED, ge=0.0, le=100.0
    )
    satisfaction_sd: float = param(
        12.0, "Spread of satisfaction between residents before the run.", unit="0-100", ge=0.0, le=30.0
    )

    @model_validator(mode="after")
    def _sums(self) -> "People":
        if abs(sum(self.household_sizes) - 1.0) > 0.005:
            raise Misplaced(
                ("household_sizes",),
                phrase("household_sizes must add up to 1, not {total:.4g}", total=sum(self.household_sizes)),
            )
        if self.child_share + self.elderly_share > 1.0:
            total = self.child_share + self.elderly_share
            raise Misplaced(
                ("elderly_share",),
                phrase(
                    "child_share and elderly_share together may not exceed 1, as {total:.4g} does",
                    total=total,
                ),
                ("child_share",),
            )
        return self


class Buildings(Founded):
    """The houses, where no real layout is given."""

    households: int = param(48, "Mean households in a building.", unit="households", ge=4, le=600)
    spread: Share = param(0.35, "Buildings vary by this share around the mean.", unit="share")
    floors: int = param(6, "Floors that each building has.", unit="floors", ge=1, le=60)
    spacing: float = param(
        45.0, "Distance between neighbouring buildings' centres.", unit="m", ge=10.0, le=500.0
    )
    home_area: float = param(
        100.0,
        "Gross floor area of one home: turns a real layout's floor area into households.",
        unit="m2",
        ge=20.0,
        le=500.0,
    )
    occupied: Share = param(0.85, "Share of a real layout's homes that somebody lives in.", unit="share")
    min_footprint: float = param(
        60.0,
        "Footprints of a real layout below this are sheds and are left out.",
        unit="m2",
        ge=0.0,
        le=1000.0,
    )
    condition_mean: Share = param(0.6, "Mean condition of the buildings: 1 is as new.", unit="0-1")
    condition_sd: float = param(
        0.15, "Spread of the condition between buildings.", unit="0-1", ge=0.0, le=0.28
    )
    wear: float = param(
        0.01, "Condition that a building loses in a year.", unit="0-1 per year", ge=0.0, le=1.0
    )


class Ties(Founded):
    """Who talks with whom beyond the own household."""

    same_building: float = param(
        4.0, "Mean ties of a resident inside the building.", unit="ties", ge=0.0, le=50.0
    )
    beyond: float = param(
        1.0, "Mean ties of a resident to other buildings nearby.", unit="ties", ge=0.0, le=50.0
    )


class Community(Founded):
    """The place and its people. Scenarios that share this part and the seed share their community."""

    communities: int = param(
        1, "Communities in the model.", unit="communities", source=CHOICE, ge=1, le=10000
    )
    communities_per_street: int = param(
        10, "Communities under one street office.", unit="communities", ge=1, le=100
    )
    households: int = param(
        1000, "How many households live in each community.", unit="households", source=CHOICE, ge=4, le=50000
    )
    layout: str | None = param(
        None,
        "CSV or GeoJSON of building footprints with floors, relative to the scenario's file; "
        "synthetic buildings where nothing is given. The real layout then decides the households.",
        unit="file",
        source="the user's own",
        max_length=1000,
    )
    people: People = People()
    buildings: Buildings = Buildings()
    ties: Ties = Ties()
    presence: Presence = Presence()
    grid: Grid = Grid()
    party_group: PartyGroup = PartyGroup()
    centre_households: CentreHouseholds = CentreHouseholds()
