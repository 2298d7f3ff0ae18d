"""Honours (激励机制): praise on the notice board every month, and a few titles a year."""

from scenarios.units import Duration, Part, Share, param

SIGN_ONLY = (
    "sign: an award keeps newcomers for four quarters (Gallus 2017), and awards kept the active but drove "
    "less active ones away (Restivo and van de Rijt 2014); size assumed"
)


class Incentives(Part):
    """What recognition does to the willingness of those who give. Works both ways."""

    names: int = param(
        5, "Names praised on a community's board each month.", unit="per community and month", ge=0, le=200
    )
    praise: Duration = param(
        10 / 60, "Branch's time for each name: asking round, writing it up.", unit="duration", le=8.0
    )
    praised: Share = param(
        0.06,
        "Willingness gained by one who is praised, as a share of what recognition can still add.",
        unit="share of the room left",
        source=SIGN_ONLY,
    )
    enterprise_titles: int = param(
        1,
        "Enterprises of a community called a civilised enterprise (文明企业) each year.",
        unit="per community and year",
        ge=0,
        le=50,
    )
    resident_titles: int = param(
        3,
        "Residents of a community called outstanding (优秀居民) each year.",
        unit="per community and year",
        ge=0,
        le=200,
    )
    title: Duration = param(
        1.0, "Branch's time for each title: papers, the ceremony.", unit="duration", le=24.0
    )
    titled: Share = param(
        0.4,
        "Willingness gained with a title, as a share of what recognition can still add.",
        unit="share of the room left",
        source=SIGN_ONLY,
    )
    titles_in: int = param(
        12, "Month of the year on whose first working day titles are given.", unit="month", ge=1, le=12
    )
    most: Share = param(0.4, "The most that recognition adds to willingness.", unit="probability when asked")
    minds: Share = param(
        0.3, "Probability that one who gave and was passed over minds.", unit="share", source=SIGN_ONLY
    )
    passed_over: Share = param(
        0.05,
        "Willingness lost by one who gave, was passed over, and minds.",
        unit="probability when asked",
        source=SIGN_ONLY,
    )
    tires: Share = param(
        0.02,
        "Willingness lost with each time of giving, praised or not, honours or none.",
        unit="probability when asked",
    )
    fades: Duration = param(
        4320.0,
        "Time constant with which recognition, and loss of heart, wear off.",
        unit="duration",
        source="Gallus 2017: the effect of an award was seen for four quarters; half a year assumed",
        gt=1.0,
    )
    priority: bool = param(
        True,
        "Those with a title are asked first for parts of projects, and preferred in matching.",
        unit="yes or no",
        source="assumption: the source text has those who give put forward first for titles, as is done here",
    )
