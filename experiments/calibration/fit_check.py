"""Checking a fitted scenario: run it for the log's days and hold what is simulated against the log."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import pandas as pd

from experiments.calibration.arrivals import HOURS, count_hours, misplaced
from experiments.calibration.calibrating import spells_by_kind
from experiments.calibration.case_kinds import Kinds
from experiments.calibration.case_log import CaseLog
from experiments.calibration.closing_times import Spells, distance, make_spells
from experiments.messages import Language, say
from scenarios.schema import Scenario
from simulation.run import run

KS_MEAN = 0.8687
"""Mean of Kolmogorov's distribution: the expected distance times the root of the sample's size."""


@dataclass(frozen=True, slots=True)
class FitCheck:
    """What was simulated, beside what was observed."""

    seed: int
    spells: dict[str, Spells]
    """Simulated times from upload to solution, by kind of case."""
    table: pd.DataFrame
    """A row per kind of case: ``observed`` and ``simulated`` cases, their ``distance``, and ``noise``, the
    distance to expect of two samples of one law."""
    hours: np.ndarray[tuple[int], np.dtype[np.float64]]
    """Simulated cases by hour of the week."""
    misplaced: float
    """Share of cases that would have to move to another hour of the week."""
    misplaced_noise: float
    """The same to expect of two samples of one law."""

    @property
    def distance(self) -> float:
        """Mean distance of closing curves, weighted by observed cases."""
        return float(np.average(self.table["distance"], weights=self.table["observed"]))

    @property
    def noise(self) -> float:
        """Mean distance to expect by chance alone, weighted in the same way."""
        return float(np.average(self.table["noise"], weights=self.table["observed"]))

    def text(self, language: Language) -> str:
        """The check in a sentence."""
        return say(
            "fit_check",
            language,
            seed=self.seed,
            distance=self.distance,
            noise=self.noise,
            simulated=int(self.table["simulated"].sum()),
            observed=int(self.table["observed"].sum()),
            misplaced=self.misplaced,
            misplaced_noise=self.misplaced_noise,
        )


def check(scenario: Scenario, log: CaseLog, kinds: Kinds, seed: int = 1) -> FitCheck:
    """Run a fitted scenario and compare its cases with the log's.

    Args:
        scenario: what was fitted, for the same days as the log.
        log: the log.
        kinds: how the log's categories go into the scenario's.
        seed: of the run.
    """
    cases = run(scenario, seed).tables["cases"]
    simulated = _simulated(cases, 24.0 * scenario.days)
    rows = {}
    for name, seen in spells_by_kind(log, kinds).items():
        made = simulated.get(name)
        n, m = len(seen.hours), 0 if made is None else len(made.hours)
        gap = 1.0 if made is None else distance(made.steps, seen.steps, min(made.last, seen.last))
        noise = KS_MEAN * sqrt((n + m) / (n * m)) if m else 1.0
        rows[name] = {"observed": n, "simulated": m, "distance": gap, "noise": noise}
    observed_hours = count_hours(log.cases["opened"], dates_only=log.dates_only)
    moments = pd.Timestamp(scenario.start) + pd.to_timedelta(cases["arose_h"].astype("float64"), unit="h")
    hours = count_hours(moments, dates_only=log.dates_only)
    return FitCheck(
        seed=seed,
        spells=simulated,
        table=pd.DataFrame.from_dict(rows, orient="index").rename_axis("kind"),
        hours=hours,
        misplaced=misplaced(observed_hours, hours),
        misplaced_noise=_misplaced_by_chance(observed_hours, len(cases)),
    )


def _simulated(cases: pd.DataFrame, end: float) -> dict[str, Spells]:
    listed = cases[cases["uploaded_h"].notna()]
    uploaded = listed["uploaded_h"].to_numpy(dtype=np.float64)
    solved = listed["resolved_h"].to_numpy(dtype=np.float64, na_value=np.inf)
    closed = solved <= end
    hours = np.where(closed, solved, end) - uploaded
    names = listed["category"].astype(str).to_numpy()
    return {
        str(name): make_spells(hours[names == name], closed[names == name], (end - uploaded)[names == name])
        for name in np.unique(names)
    }


def _misplaced_by_chance(counts: np.ndarray[tuple[int], np.dtype[np.float64]], simulated: int) -> float:
    """Mean of half the sum of absolute differences of shares, each difference being nearly normal."""
    share = counts / counts.sum()
    spread = np.sqrt(share * (1.0 - share) * (1.0 / counts.sum() + 1.0 / simulated))
    return float(0.5 * sqrt(2.0 / np.pi) * spread.sum()) if len(counts) == HOURS else float("nan")
