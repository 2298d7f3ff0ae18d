"""The shared board on which the status of every case stands, and the tracker who watches it."""

from scenarios.units import Duration, Part, Share, param


class Platform(Part):
    """The online platform and each community's tracker, at the default of ``digital.automation``."""

    minutes: Duration = param(
        1.0, "The tracker's time a day, working days.", unit="duration per day", le=24.0
    )
    lag: Duration = param(4.0, "Time until a change of status stands on the board.", unit="duration")
    scans: int = param(
        2,
        "Times a working day that the tracker goes through the board, evenly from 9:00 to 17:30.",
        unit="times a day",
        ge=1,
        le=48,
    )
    look: Duration = param(
        1 / 60, "Tracker's time for looking at one entry of the board.", unit="duration", gt=0.0, le=8.0
    )
    update: Duration = param(
        3 / 60, "Handler's time for keeping the status up to date, each job.", unit="duration", le=8.0
    )
    enter: Duration = param(
        1 / 60,
        "Time of a grid worker or the branch for the board's entry, each upload.",
        unit="duration",
        le=8.0,
    )
    mediate: Duration = param(
        10 / 60, "Tracker's time for one try at mediating, where there is no hub.", unit="duration", le=8.0
    )
    authority: Share = param(
        0.4,
        "Probability that owners do what the tracker asks, at one try; the hub's coordinator is obeyed.",
        unit="share",
    )
