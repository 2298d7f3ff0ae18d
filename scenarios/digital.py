"""The axis of automation: from telephone and paper to sorting and sending without a person."""

from scenarios.units import Part, Share, param

AUTOMATIC = (
    "assumption: half of the 10.4 % of all work orders of a Chinese government hotline that a classifier "
    "sent wrongly (LSTM, accuracy 89.6 %), as the hard ones are left to people"
)


def _factor(default: float, doc: str) -> float:
    factor: float = param(default, doc, unit="1", ge=0.0, le=20.0)
    return factor


class Digital(Part):
    """How much is automatic. Each effect is a straight line between its values at 0 and at 1.

    Most are factors of a parameter that stands elsewhere, 1 at the default of 0.5. They act on the command
    centre and the platform; a clerk's desk is telephone and paper whatever the axis says.
    """

    automation: Share = param(
        0.5, "0 is telephone and paper, 1 is automatic wherever no person is needed.", unit="0-1"
    )
    by_app_at_0: float = _factor(
        0.0, "Factor of cases.reporting.by_app at 0; residents without a smartphone gain nothing."
    )
    by_app_at_1: float = _factor(2.0, "The same at 1; no more than all with a smartphone report by app.")
    sorting_at_0: float = _factor(1.5, "Factor of desks.command_centre.service at 0: calls, forms, filing.")
    sorting_at_1: float = _factor(0.5, "The same at 1, for what still needs a person.")
    errs_at_0: float = _factor(1.25, "Factor of a person's errors at the command centre at 0.")
    errs_at_1: float = _factor(0.75, "The same at 1: a person is shown suggestions.")
    automatic_from: Share = param(
        0.5,
        "Automation above which the command centre sends plain cases without a person, at any hour: none at "
        "this value, all at 1. Ambiguous and refused ones and calls by telephone still need a person.",
        unit="0-1",
    )
    automatic_errs: Share = param(
        0.05,
        "Probability that a plain case sent without a person goes to the wrong handler.",
        unit="share",
        source=AUTOMATIC,
    )
    lag_at_0: float = _factor(2.0, "Factor of platform.lag at 0.")
    lag_at_1: float = _factor(0.0, "The same at 1: a status shows at once.")
    look_at_0: float = _factor(1.5, "Factor of platform.look at 0.")
    look_at_1: float = _factor(0.5, "The same at 1: what is amiss is marked.")
    keeping_at_0: float = _factor(1.5, "Factor of platform.update and platform.enter at 0.")
    keeping_at_1: float = _factor(0.5, "The same at 1: most of it is filled in already.")

    def between(self, at_0: float, at_1: float) -> float:
        """The value of an effect that is ``at_0`` at 0 and ``at_1`` at 1."""
        return at_0 + self.automation * (at_1 - at_0)

    @property
    def automatic(self) -> float:
        """Share of plain cases that are sent without a person."""
        if self.automation <= self.automatic_from:
            return 0.0
        return (self.automation - self.automatic_from) / (1.0 - self.automatic_from)

    @property
    def by_app(self) -> float:
        """Factor of the share of smartphone users who report by app."""
        return self.between(self.by_app_at_0, self.by_app_at_1)

    @property
    def sorting(self) -> float:
        """Factor of the working time of a person at the command centre over one case."""
        return self.between(self.sorting_at_0, self.sorting_at_1)

    @property
    def errs(self) -> float:
        """Factor of a person's errors at the command centre."""
        return self.between(self.errs_at_0, self.errs_at_1)

    @property
    def lag(self) -> float:
        """Factor of the board's lag."""
        return self.between(self.lag_at_0, self.lag_at_1)

    @property
    def look(self) -> float:
        """Factor of the tracker's time over one entry."""
        return self.between(self.look_at_0, self.look_at_1)

    @property
    def keeping(self) -> float:
        """Factor of the time it takes to keep a status."""
        return self.between(self.keeping_at_0, self.keeping_at_1)
