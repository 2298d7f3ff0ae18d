"""Who has something to give: the affairs office, enterprises, NGOs, and residents with a skill or a room."""

from scenarios.units import SOURCE_TEXT, Fated, Share, param


class Willing(Fated):
    """Probability that a provider of middling willingness gives when asked, before any recognition."""

    office: Share = param(
        0.95,
        "Probability that the street's affairs office gives when asked: it is its duty.",
        unit="probability when asked",
    )
    enterprise: Share = param(
        0.4, "Probability that an enterprise gives when asked.", unit="probability when asked"
    )
    ngo: Share = param(0.6, "Probability that an NGO gives when asked.", unit="probability when asked")
    resident: Share = param(
        0.5,
        "Probability that a resident with something to give does so when asked.",
        unit="probability when asked",
    )
    spread: Share = param(
        0.2, "Providers of one kind differ evenly by as much up and down.", unit="probability when asked"
    )


class Providers(Fated):
    """Providers. How many there are, and how willing each is at first, is fate."""

    enterprises: int = param(
        6,
        "Enterprises in or near the community that could give.",
        unit="per community",
        ge=0,
        le=200,
    )
    ngos: int = param(2, "NGOs that work in the community.", unit="per community", ge=0, le=50)
    residents: Share = param(
        0.04, "Adults with a skill or an idle room that others could use.", unit="share of adults"
    )
    willing: Willing = Willing()
    office: bool = param(
        True, "The street's affairs office takes part.", unit="yes or no", source=SOURCE_TEXT
    )
