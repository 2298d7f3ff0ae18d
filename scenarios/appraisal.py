"""The monthly appraisal of grid workers and handlers, and what it drives them to."""

from scenarios.units import Duration, Part, Share, param

SIDE_EFFECTS = (
    "assumption; that pressure makes people look after the score is reported of hotline rankings "
    "(An Yongjun: mis-allocation and overload), its size is not"
)


class Appraisal(Part):
    """The monthly appraisal: a score from reported timeliness and sampled satisfaction.

    Pull on a body or person is ``stakes x (1 + shortfall)``, the shortfall being how far the last score lies
    below ``aim``, as a share of it. Gaming is ``(pull - gaming_from) / (1 - gaming_from)``, held within 0 and
    1; effort is ``1 + effort_most x pull / (pull + effort_half) x (1 - diverted x gaming)``.
    """

    stakes: Share = param(
        0.3,
        "How strongly pay and the annual review hang on the score: 0 it is only written down, 1 strongly.",
        unit="1",
    )
    timeliness: Share = param(
        0.6, "Weight of the reported on-time rate in the score; satisfaction has the rest.", unit="share"
    )
    sample: int = param(
        3,
        "Reporters of last month's closed cases that the branch asks, for each body or person appraised.",
        unit="reporters",
        ge=0,
        le=1000,
    )
    call: Duration = param(
        4 / 60, "Branch's time to ask one reporter how the case was handled.", unit="duration", le=8.0
    )
    uploaded_within: Duration = param(
        2.0, "A grid worker should have uploaded a case within this from finding it.", unit="duration"
    )
    called_within: Duration = param(
        48.0,
        "A grid worker should have called on the reporter within this from the case's closing.",
        unit="duration",
    )
    solved_counts: Share = param(
        0.5,
        "Weight of whether the case is truly solved in a reporter's answer; the rest is how satisfied the "
        "reporter is altogether.",
        unit="share",
    )
    aim: float = param(0.9, "Score below which one falls short.", unit="share", gt=0.0, le=1.0)
    effort_most: float = param(
        0.2,
        "Limit of the effort that can be added to 1: a handler's attempt takes its time over effort, a grid "
        "worker's look at a building too.",
        unit="1",
        ge=0.0,
        le=2.0,
    )
    effort_half: float = param(
        0.3, "Pull at which half of that is reached: returns diminish.", unit="1", gt=0.0, le=10.0
    )
    gaming_from: float = param(
        0.5, "Pull above which looking after the score pays.", unit="1", source=SIDE_EFFECTS, ge=0.0, le=0.99
    )
    diverted: Share = param(
        0.5,
        "Part of the added effort that full gaming takes away from the work itself.",
        unit="share",
        source="theory of several tasks of which some are measured (Holmström & Milgrom 1991): the sign, "
        "not the size",
    )
    near: Share = param(
        0.5,
        "Part of the time allowed that is left when a handler who games closes on paper what still waits in "
        "its queue.",
        unit="share",
        source=SIDE_EFFECTS,
    )
    closes_early: Share = param(
        0.8, "Share of such cases closed on paper at full gaming.", unit="share", source=SIDE_EFFECTS
    )
    paperwork: Duration = param(
        10 / 60, "A team's time for closing one case on paper.", unit="duration", source=SIDE_EFFECTS, le=8.0
    )
    passes_over: Share = param(
        0.8,
        "Share of cases that can no longer raise the score, being late or closed before, that are left in "
        "the queue while others wait, at full gaming.",
        unit="share",
        source=SIDE_EFFECTS,
    )
    presses: Share = param(
        0.5, "Share of reporters pressed for a good rating at full gaming.", unit="share", source=SIDE_EFFECTS
    )
    press: Duration = param(3 / 60, "Pressing one reporter.", unit="duration", source=SIDE_EFFECTS, le=8.0)
    pressing_lifts: Share = param(
        0.5,
        "Part of the way to the best rating by which a pressed reporter's answer is raised.",
        unit="share",
        source=SIDE_EFFECTS,
    )
