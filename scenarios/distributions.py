"""Distributions of waiting and working times, each as a quantile function.

A time is always made from a uniform quantile that fate or a keyed draw supplies, so that two
scenarios with the same troubles meet the same luck.
"""

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from scenarios.phrases import phrase
from scenarios.units import CHOICE, NAMED, Duration, Misplaced, Part, Share, param

if TYPE_CHECKING:  # NumPy is half of the time that reading a scenario takes, and reading needs none of it
    import numpy as np
    from numpy.typing import NDArray

    type Floats = NDArray[np.float64]


class RandomTime(Part):
    """What all distributions share: from a quantile to hours."""

    def quantile(self, u: "Floats") -> "Floats":
        """Times in hours at the uniform quantiles ``u`` in [0, 1)."""
        raise NotImplementedError

    def hours(self, u: float) -> float:
        """The time in hours at one quantile."""
        import numpy as np

        return float(self.quantile(np.asarray(u)))


class Exponential(RandomTime):
    """Memoryless times: the plain setting that queueing theory can check."""

    distribution: Literal["exponential"] = param(
        "exponential",
        "Shape of the distribution of times; it decides which keys stand beside it.",
        unit="choice",
        source=NAMED,
    )
    mean: Duration = param(..., "Mean time.", unit="duration", ge=0.0)

    def quantile(self, u: "Floats") -> "Floats":
        """Times in hours at the uniform quantiles ``u`` in [0, 1)."""
        import numpy as np

        return -np.log1p(-u) * self.mean

    def average(self) -> float:
        """Mean in hours."""
        return self.mean


class Lognormal(RandomTime):
    """Right-skewed times, the usual shape of repair and handling times."""

    distribution: Literal["lognormal"] = param(
        "lognormal",
        "Shape of the distribution of times; it decides which keys stand beside it.",
        unit="choice",
        source=NAMED,
    )
    median: Duration = param(..., "Median time: half of the times are shorter.", unit="duration", ge=0.0)
    sigma: float = param(0.8, "Standard deviation of the logarithm of the time.", unit="1", ge=0.0, le=5.0)

    def quantile(self, u: "Floats") -> "Floats":
        """Times in hours at the uniform quantiles ``u`` in [0, 1)."""
        import numpy as np
        from scipy.special import ndtri

        safe = np.clip(u, 1e-12, 1.0 - 1e-12)
        return np.asarray(self.median * np.exp(self.sigma * ndtri(safe)), dtype=np.float64)

    def average(self) -> float:
        """Mean in hours."""
        return float(self.median * math.exp(self.sigma**2 / 2.0))


class Gamma(RandomTime):
    """Times with a given mean and coefficient of variation."""

    distribution: Literal["gamma"] = param(
        "gamma",
        "Shape of the distribution of times; it decides which keys stand beside it.",
        unit="choice",
        source=NAMED,
    )
    mean: Duration = param(..., "Mean time.", unit="duration", ge=0.0)
    cv: float = param(1.0, "Standard deviation over mean.", unit="1", gt=0.0, le=10.0)

    def quantile(self, u: "Floats") -> "Floats":
        """Times in hours at the uniform quantiles ``u`` in [0, 1)."""
        import numpy as np
        from scipy.special import gammaincinv

        shape = 1.0 / self.cv**2
        safe = np.clip(u, 0.0, 1.0 - 1e-12)
        return np.asarray(gammaincinv(shape, safe) * self.mean / shape, dtype=np.float64)

    def average(self) -> float:
        """Mean in hours."""
        return self.mean


class Deterministic(RandomTime):
    """Always the same time."""

    distribution: Literal["deterministic"] = param(
        "deterministic",
        "Shape of the distribution of times; it decides which keys stand beside it.",
        unit="choice",
        source=NAMED,
    )
    mean: Duration = param(..., "The time itself.", unit="duration", ge=0.0)

    def quantile(self, u: "Floats") -> "Floats":
        """Times in hours at the uniform quantiles ``u``: a constant."""
        import numpy as np

        return np.full(np.shape(u), self.mean)

    def average(self) -> float:
        """Mean in hours."""
        return self.mean


class Empirical(RandomTime):
    """Observed times: quantiles at given probabilities, joined by straight lines.

    A probability above the last one gives the last time, so a curve that was censored ends there.
    """

    distribution: Literal["empirical"] = param(
        "empirical",
        "Shape of the distribution of times; it decides which keys stand beside it.",
        unit="choice",
        source=NAMED,
    )
    times: tuple[Duration, ...] = param(
        ..., "Times at the probabilities, never falling.", unit="duration", min_length=2, max_length=2000
    )
    at: tuple[Share, ...] | None = param(
        None,
        "Probabilities of the times, rising; evenly spaced from 0 to 1 where nothing is said.",
        unit="share",
        source=CHOICE,
        max_length=2000,
    )

    @model_validator(mode="after")
    def _rising(self) -> "Empirical":
        if any(later < earlier for earlier, later in pairwise(self.times)):
            raise Misplaced(("times",), phrase("the times of an empirical distribution may not fall"))
        if self.at is not None:
            if len(self.at) != len(self.times):
                raise Misplaced(
                    ("at",),
                    phrase(
                        "'at' needs as many probabilities as times, {times}, not {given}",
                        times=len(self.times),
                        given=len(self.at),
                    ),
                    ("times",),
                )
            if any(later <= earlier for earlier, later in pairwise(self.at)):
                raise Misplaced(("at",), phrase("the probabilities in 'at' must rise"))
        return self

    def quantile(self, u: "Floats") -> "Floats":
        """Times in hours at the uniform quantiles ``u``."""
        import numpy as np

        return np.asarray(np.interp(u, self._probabilities(), self.times), dtype=np.float64)

    def average(self) -> float:
        """Mean in hours of the straight-line curve."""
        import numpy as np

        levels, times = self._probabilities(), np.asarray(self.times)
        inner = np.sum(np.diff(levels) * (times[1:] + times[:-1]) / 2.0)
        return float(inner + levels[0] * times[0] + (1.0 - levels[-1]) * times[-1])

    def _probabilities(self) -> "Floats":
        import numpy as np

        return np.linspace(0.0, 1.0, len(self.times)) if self.at is None else np.asarray(self.at)


Time = Annotated[
    Exponential | Lognormal | Gamma | Deterministic | Empirical, Field(discriminator="distribution")
]
"""A random time: any of the distributions above, told apart by ``distribution``."""
