"""Scenario discovery by a classification tree: boxes of settings in which something happens.

After Lempert, Bryant and Bankes (2008, "Comparing algorithms for scenario discovery"), CART variant: a tree
of scikit-learn parts the settings, and those leaves in which it happens more often than overall are the
boxes. Coverage is the share of all settings in which it happens that lie in the boxes, density the share of
the boxes' settings in which it happens. Both flatter a tree on the settings that it was grown from, so they
are given for settings held out too.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from experiments.sensitivity.settings import Settings
from scenarios.errors import InputError

FEWEST = 5
"""Settings of either kind below which no rule is sought."""
FOLDS = 5
SMALLEST_LEAF = 0.02
"""Of all settings: a smaller leaf says nothing."""
TABLE = ("box", "factor", "low", "high", "values", "points", "cases", "share", "coverage", "density", "base",
         "cv_coverage", "cv_density", "cv_p")  # fmt: skip
"""Columns of the table of boxes."""

type Number = float | int


@dataclass(frozen=True, slots=True)
class Limit:
    """What a box asks of one factor."""

    low: Number | None = None
    """Above this; None where there is no lower end."""
    high: Number | None = None
    """At most this."""
    words: tuple[str, ...] = ()
    """One of these, where the factor has no order."""


@dataclass(frozen=True, slots=True)
class Box:
    """Settings in which it happens more often than overall."""

    limits: dict[str, Limit]
    """By factor; factors that do not matter are not there."""
    points: int
    """Settings in it."""
    cases: int
    """Of them, those in which it happens."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found."""

    boxes: list[Box]
    """Most cases first; no setting lies in two."""
    points: int
    """Settings."""
    cases: int
    """Of them, those in which it happens."""
    importance: dict[str, float]
    """What each factor contributes to the tree, most first; they add up to 1 where there is any."""
    cv_coverage: float
    """Of settings held out; NaN where no box held any."""
    cv_density: float
    cv_p: float
    """How probable so many cases in the boxes' held-out settings are by chance."""

    @property
    def coverage(self) -> float:
        """Of all cases, those in a box."""
        return sum(box.cases for box in self.boxes) / self.cases

    @property
    def density(self) -> float:
        """Of the boxes' settings, those that are cases; NaN where there is no box."""
        points = sum(box.points for box in self.boxes)
        return sum(box.cases for box in self.boxes) / points if points else float("nan")

    @property
    def verdict(self) -> str:
        """``none``: there is no box. ``chance``: held out, the boxes are no better than chance.

        ``weaker``: held out, they keep less than two thirds of what they gain over all settings in density.
        ``holds``: they keep it.
        """
        base = self.cases / self.points
        if not self.boxes:
            return "none"
        if not self.cv_p < 0.05:
            return "chance"
        return "weaker" if self.cv_density - base < 2.0 / 3.0 * (self.density - base) else "holds"


@dataclass(frozen=True, slots=True)
class _Column:
    """What the tree sees of a factor: its number, or whether it has one of its values."""

    factor: str
    value: str | None
    """None for a number."""
    numbers: NDArray[np.float32]
    whole: bool = False
    words: tuple[str, ...] = ()
    """All values of the factor, where it has no order."""


def discover(settings: Settings, depth: int, seed: int) -> Discovery:
    """Find boxes of settings in which it happens.

    Args:
        settings: with what happened.
        depth: most limits of a box.
        seed: of ties between factors, and of the folds.

    Raises:
        InputError: it happens everywhere or nowhere, or too rarely to seek a rule.
    """
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.tree import DecisionTreeClassifier

    happened = settings.happened.to_numpy(dtype=bool)
    count, cases = len(happened), int(happened.sum())
    _check(count, cases)
    columns = list(_columns(settings.factors))
    seen = np.column_stack([column.numbers for column in columns])
    fewest = max(2, round(SMALLEST_LEAF * count))
    tree = DecisionTreeClassifier(
        max_depth=depth, min_samples_leaf=fewest, class_weight="balanced", random_state=seed
    )
    folds = StratifiedKFold(min(FOLDS, cases, count - cases), shuffle=True, random_state=seed)
    held_out = np.asarray(cross_val_predict(tree, seen, happened, cv=folds), dtype=bool)
    tree.fit(seen, happened)
    boxes = sorted(_boxes(tree.tree_, columns, happened), key=lambda box: -box.cases)
    importance: dict[str, float] = {}
    for column, weight in zip(columns, tree.feature_importances_, strict=True):
        importance[column.factor] = importance.get(column.factor, 0.0) + float(weight)
    hits, chosen = int((held_out & happened).sum()), int(held_out.sum())
    return Discovery(
        boxes,
        count,
        cases,
        dict(sorted(importance.items(), key=lambda item: -item[1])),
        hits / cases,
        hits / chosen if chosen else float("nan"),
        float(stats.hypergeom.sf(hits - 1, count, cases, chosen)),
    )


def _check(count: int, cases: int) -> None:
    if count == 0:
        raise InputError("no setting has a value of this metric")
    if cases in {0, count}:
        which = "none" if cases == 0 else "all"
        raise InputError(f"there is nothing to tell apart: it happens in {which} of {count} settings")
    if min(cases, count - cases) < FEWEST:
        raise InputError(
            f"too few to seek a rule: it happens in {cases} of {count} settings, and at least {FEWEST} in "
            "which it does and in which it does not are needed"
        )


def _columns(factors: pd.DataFrame) -> Iterator[_Column]:
    """Numbers as they are; of what has no order, each value as yes or no."""
    for name in map(str, factors.columns):
        labels = factors[name]
        if pd.api.types.is_numeric_dtype(labels) and not pd.api.types.is_bool_dtype(labels):
            whole = pd.api.types.is_integer_dtype(labels)
            yield _Column(name, None, labels.to_numpy(dtype=np.float32), whole)
        else:
            words = labels.map(lambda label: label if isinstance(label, str) else json.dumps(bool(label)))
            values = sorted(words.unique())
            for value in values if len(values) > 2 else values[:1]:
                there = (words == value).to_numpy(dtype=np.float32)
                yield _Column(name, value, there, words=tuple(values))


def _boxes(tree: Any, columns: Sequence[_Column], happened: NDArray[np.bool_]) -> Iterator[Box]:
    """The leaves that the tree calls cases; two beside each other are one."""

    def called(node: int) -> bool:
        outside, inside = tree.value[node][0]
        return bool(inside > outside)

    def same(node: int) -> bool:
        """Whether all leaves below are cases."""
        left, right = tree.children_left[node], tree.children_right[node]
        return called(node) if left == -1 else same(left) and same(right)

    def walk(node: int, limits: dict[str, Limit], inside: NDArray[np.bool_]) -> Iterator[Box]:
        if same(node):
            yield Box(limits, int(inside.sum()), int(happened[inside].sum()))
            return
        left = tree.children_left[node]
        if left == -1:
            return
        column, cut = columns[tree.feature[node]], float(tree.threshold[node])
        low = column.numbers <= cut
        for child, there in ((left, inside & low), (tree.children_right[node], inside & ~low)):
            before = limits.get(column.factor, Limit())
            limit = _narrowed(before, column, cut, child == left)
            yield from walk(child, limits | {column.factor: limit}, there)

    if tree.node_count > 1:
        yield from walk(0, {}, np.ones(len(happened), dtype=bool))


def _narrowed(limit: Limit, column: _Column, cut: float, below: bool) -> Limit:
    """A limit with one more cut of the tree."""
    if column.value is None:
        at = _round_between(column.numbers, cut, column.whole)
        return replace(limit, high=at) if below else replace(limit, low=at)
    if below:
        known = limit.words or column.words
        return replace(limit, words=tuple(word for word in known if word != column.value))
    return replace(limit, words=(column.value,))


def _round_between(numbers: NDArray[np.float32], cut: float, whole: bool) -> Number:
    """The roundest number that parts the settings as the cut does."""
    low, high = float(numbers[numbers <= cut].max()), float(numbers[numbers > cut].min())
    if whole:
        return int(low)
    for digits in range(1, 8):
        at = float(f"{cut:.{digits}g}")
        if low <= at < high:
            return at
    return cut


def table(found: Discovery) -> pd.DataFrame:
    """A row per box and factor that it limits, see :data:`TABLE`."""
    rows = [
        {
            "box": number,
            "factor": factor,
            "low": limit.low,
            "high": limit.high,
            "values": json.dumps(limit.words, ensure_ascii=False) if limit.words else None,
            "points": box.points,
            "cases": box.cases,
            "share": box.points / found.points,
            "coverage": box.cases / found.cases,
            "density": box.cases / box.points,
            "base": found.cases / found.points,
            "cv_coverage": found.cv_coverage,
            "cv_density": found.cv_density,
            "cv_p": found.cv_p,
        }
        for number, box in enumerate(found.boxes, 1)
        for factor, limit in box.limits.items()
    ]
    whole, texts = (
        dict.fromkeys(("box", "points", "cases"), "int64"),
        dict.fromkeys(("factor", "values"), "string"),
    )
    numbers = dict.fromkeys([name for name in TABLE if name not in {*whole, *texts}], "Float64")
    return pd.DataFrame(rows, columns=list(TABLE)).astype(whole | texts | numbers)
