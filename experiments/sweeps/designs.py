"""Designs: which points of the factors' space a sweep runs."""

import csv
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.asking import not_allowed
from experiments.sweeps.asked import MOST_RUNS, Design
from experiments.sweeps.factors import Factor, Label, Range
from scenarios.errors import Problem, ScenarioError
from scenarios.fields import ONE
from scenarios.phrases import Phrase, listed, phrase

type Point = dict[str, Label]
type Shares = NDArray[np.float64]
"""(points, factors): how far along each factor a point lies, 0 to 1."""


def draw_points(design: Design, factors: Sequence[Factor], seed: int, file: Path) -> list[Point]:
    """The points of a design, in its own order, which the analyses of ``sobol`` and ``morris`` need.

    Args:
        design: what is asked.
        factors: what is varied.
        seed: of designs that are drawn.
        file: the sweep file, for what it names and for messages.

    Raises:
        ScenarioError: the design has too many points, or its CSV file cannot be used.
    """
    if design.kind == "grid":
        return _grid(factors, file)
    if design.kind == "points":
        return _listed(file.parent / str(design.file), factors)
    return [
        {factor.name: factor.at(float(share)) for factor, share in zip(factors, row, strict=True)}
        for row in draw_shares(design, len(factors), seed)
    ]


def draw_shares(design: Design, factors: int, seed: int) -> Shares:
    """The points of a design that is drawn, as shares of the way along each factor."""
    return _DRAWN[design.kind](design, factors, seed)


def problem(names: Sequence[str]) -> dict[str, Any]:
    """Factors as SALib wants them, in shares of the way from low to high."""
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _grid(factors: Sequence[Factor], file: Path) -> list[Point]:
    sides = [factor.grid() for factor in factors]
    count = int(np.prod([float(len(side)) for side in sides]))
    if count > MOST_RUNS:
        shape = " x ".join(str(len(side)) for side in sides)
        message = phrase(
            "a grid of {shape} has {count:,} points: at most {most:,}",
            shape=shape,
            count=count,
            most=MOST_RUNS,
        )
        raise ScenarioError([Problem(str(file), None, None, "factors", message)])
    names = [factor.name for factor in factors]
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*sides)]


def _latin(design: Design, factors: int, seed: int) -> Shares:
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(factors, rng=seed).random(design.size or 1), dtype=np.float64)


def _random(design: Design, factors: int, seed: int) -> Shares:
    return np.random.Generator(np.random.PCG64(seed)).random((design.size or 1, factors))


def _sobol(design: Design, factors: int, seed: int) -> Shares:
    from SALib.sample import sobol

    second = design.second_order
    drawn = sobol.sample(_numbered(factors), design.size, calc_second_order=second, scramble=True, seed=seed)
    return np.asarray(drawn, dtype=np.float64)


def _morris(design: Design, factors: int, seed: int) -> Shares:
    from SALib.sample import morris

    drawn = morris.sample(_numbered(factors), design.size, num_levels=design.levels, seed=seed)
    return np.asarray(drawn, dtype=np.float64)


def _numbered(factors: int) -> dict[str, Any]:
    return problem([str(number) for number in range(factors)])


_DRAWN: Mapping[str, Callable[[Design, int, int], Shares]] = {
    "latin_hypercube": _latin,
    "random": _random,
    "sobol": _sobol,
    "morris": _morris,
}


def _listed(path: Path, factors: Sequence[Factor]) -> list[Point]:
    """Points of a CSV file with a column per factor."""
    rows = _cells(path)
    names = [name.strip() for name in rows[0]] if rows else []
    wanted = [factor.name for factor in factors]
    if sorted(names) != sorted(wanted):
        have = listed(names) or phrase("none")
        said = phrase(
            "the columns are {columns}, but the factors are {factors}", columns=have, factors=listed(wanted)
        )
        raise _refuse(path, 1, said)
    points: list[Point] = []
    for line, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            said = phrase("{count} cells in place of {wanted}", count=len(row), wanted=len(names))
            raise _refuse(path, line, said)
        cells = dict(zip(names, row, strict=True))
        points.append({factor.name: _label(path, line, factor, cells[factor.name]) for factor in factors})
    if not points:
        raise _refuse(path, None, phrase("there are no points below the names of the columns"))
    return points


def _cells(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(itertools.islice(csv.reader(stream), MOST_RUNS + 2))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refuse(path, None, phrase("the file cannot be read: {reason}", reason=reason)) from None
    if len(rows) > MOST_RUNS + 1:
        raise _refuse(path, None, phrase("more than {most:,} points", most=MOST_RUNS))
    return rows


def _label(path: Path, line: int, factor: Factor, cell: str) -> Label:
    label = factor.read(cell)
    if label is None:
        if isinstance(factor, Range):
            low, high = f"{factor.low:g}", f"{factor.high:g}"
            takes = phrase("{noun} from {low} to {high}", noun=ONE[factor.kind], low=low, high=high)
        else:
            takes = phrase("one of {choices}", choices=listed(factor.labels))
        raise _refuse(path, line, not_allowed(f"'{cell[:60]}'", takes), factor.name)
    return label


def _refuse(path: Path, line: int | None, message: Phrase, column: str = "") -> ScenarioError:
    return ScenarioError([Problem(str(path), line, None, column, message)])
