"""What a sweep file may say."""

from typing import Any, Literal, Self

from pydantic import model_validator

from experiments.asking import no_metric
from scenarios.cases import Text
from scenarios.phrases import phrase
from scenarios.units import CHOICE, GIVEN, Misplaced, Part, param
from simulation.results.metrics import METRICS

Kind = Literal["grid", "latin_hypercube", "sobol", "morris", "random", "points"]
MOST_RUNS = 1_000_000


class Design(Part):
    """Which points of the factors' space are run."""

    kind: Kind = param(
        "grid",
        "``grid``: every combination. ``latin_hypercube``, ``random``: so many points. ``sobol``: Saltelli's "
        "design for Sobol indices. ``morris``: trajectories for elementary effects. ``points``: a CSV file.",
        unit="choice",
        source=CHOICE,
    )
    size: int | None = param(
        None,
        "Points of ``latin_hypercube`` and ``random``; base sample of ``sobol``, a power of 2; trajectories "
        "of ``morris``.",
        unit="1",
        source=CHOICE,
        ge=1,
        le=MOST_RUNS,
    )
    levels: int = param(
        4,
        "Levels of a range: in a ``grid`` where the factor says none, and of ``morris``, where it is even.",
        unit="1",
        source="Campolongo et al. 2007: four levels",
        ge=2,
        le=1000,
    )
    second_order: bool = param(
        False,
        "Whether ``sobol`` gives interactions of pairs too, which takes nearly twice the runs.",
        unit="switch",
        source=CHOICE,
    )
    file: str | None = param(
        None,
        "The CSV file of ``points``, relative to this file: a column per factor, a row per point.",
        unit="file",
        source=CHOICE,
        max_length=400,
    )

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        sized = self.kind in {"latin_hypercube", "random", "sobol", "morris"}
        if sized and self.size is None:
            raise Misplaced(("kind",), phrase("a design of the kind {kind} needs a size", kind=self.kind))
        if not sized and self.size is not None:
            raise Misplaced(("size",), phrase("a design of the kind {kind} takes no size", kind=self.kind))
        if self.kind == "sobol" and self.size is not None and self.size & (self.size - 1):
            raise Misplaced(
                ("size",), phrase("{size} is no power of 2, which Sobol's sequence needs", size=self.size)
            )
        if self.kind == "morris" and self.levels % 2:
            raise Misplaced(
                ("levels",), phrase("{levels} is odd, but Morris's levels are even", levels=self.levels)
            )
        if self.kind == "points" and self.file is None:
            raise Misplaced(("kind",), phrase("a design of the kind points needs a file"))
        if self.kind != "points" and self.file is not None:
            raise Misplaced(("file",), phrase("a design of the kind {kind} takes no file", kind=self.kind))
        return self


class Stop(Part):
    """Replicate each point until a metric is known precisely enough."""

    metric: str = param(..., "The metric.", unit="text", source=GIVEN, max_length=80)
    half_width: float = param(
        ...,
        "Half the width of its 95 % interval, in its own unit.",
        unit="the metric's",
        source=GIVEN,
        gt=0.0,
        le=1e12,
    )
    step: int = param(10, "Replications added at a time.", unit="1", source=CHOICE, ge=1, le=100_000)
    at_most: int = param(
        200, "Replications of a point at which to give up.", unit="1", source=CHOICE, ge=2, le=100_000
    )

    @model_validator(mode="after")
    def _metric_exists(self) -> Self:
        if self.metric not in METRICS:
            raise Misplaced(("metric",), no_metric(self.metric))
        return self


class Varied(Part):
    """What is varied, and how often each setting is run."""

    title: Text = param("", "Name in figures and the report.", unit="text", source=CHOICE)
    asks: Text = param("", "What is asked, in a sentence.", unit="text", source=CHOICE)
    base: str = param(
        "coordinated",
        "The scenario that is varied: a shipped one's name, or a file relative to this one.",
        unit="text",
        source=CHOICE,
        max_length=400,
    )
    set: dict[str, Any] = param(
        {}, "What is changed in every run, by dotted path.", unit="mapping", source=CHOICE
    )
    factors: dict[str, Any] = param(
        ...,
        "What is varied, by dotted path or, for named policies and whole scenarios, by a name.",
        unit="mapping",
        source=GIVEN,
        min_length=1,
        max_length=100,
    )
    replications: int = param(
        10,
        "Runs of each point, with the same seeds for all points.",
        unit="1",
        source=CHOICE,
        ge=1,
        le=100_000,
    )
    seed: int = param(
        1, "Seed of the first replication, and of what is drawn.", unit="1", source=CHOICE, ge=0, le=2**31
    )


class Sweep(Varied):
    """A design over parameters of a scenario."""

    design: Design = Design()
    stop: Stop | None = None
    keep: tuple[str, ...] = param(
        (), "Tables to keep of every run, beside the metrics.", unit="text", source=CHOICE, max_length=20
    )
