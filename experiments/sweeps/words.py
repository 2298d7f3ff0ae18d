"""What a file asked, in words for its report: its question and scenarios, what it varies and what it sets."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.messages import Language, say, title_in
from experiments.parameters import name_of, switch_in
from experiments.sweeps.designs import Point
from experiments.sweeps.factors import Factor, Label, Range
from experiments.sweeps.responses import written
from experiments.texts import Both, both, said
from scenarios.cases import Text
from scenarios.schema import Scenario

MOST_VALUES = 12


def title_of(file: Path, title: Text) -> Both:
    """The title that a file gives, or its name."""
    texts = both(title_in, title)
    return texts if all(texts) else (file.stem, file.stem)


def asked_of(file: Path, title: Both, asks: Text, scenarios: Mapping[str, Scenario]) -> list[dict[str, Any]]:
    """The question of a file, then those of the scenarios that it starts from."""
    own = {"name": file.name, "title": title, "asks": both(title_in, asks), "reference": False}
    others = [
        {
            "name": name,
            "title": both(title_in, scenario.title),
            "asks": both(title_in, scenario.asks),
            "reference": False,
        }
        for name, scenario in scenarios.items()
    ]
    return [own, *others]


def factor_rows(factors: Iterable[Factor], points: Sequence[Point]) -> list[dict[str, Any]]:
    """Each factor with its name, its dotted path and the values that it has at the points."""
    return [
        {"path": factor.name, "name": both(name_of, factor.name), "shown": _values(factor, points)}
        for factor in factors
    ]


def _values(factor: Factor, points: Sequence[Point]) -> Both:
    labels = list(dict.fromkeys(point[factor.name] for point in points if factor.name in point))
    if isinstance(factor, Range):
        labels.sort(key=float)
    else:
        labels.sort(key=factor.labels.index)
    if len(labels) <= MOST_VALUES or not isinstance(factor, Range):
        return both(_listed, factor.name, labels)
    low, high = (written(factor.name, float(f"{float(end):.3g}")) for end in (labels[0], labels[-1]))
    return said("sweep_span", low=low, high=high, n=len(labels))


def _listed(factor: str, labels: Sequence[Label], language: Language) -> str:
    return say("comma", language).join(written(factor, label, language) for label in labels)


def set_line(changes: Mapping[str, Any]) -> list[Both]:
    """What is set in every run, as a line; no line where nothing is."""
    return [said("sweep_set", values=both(set_in, changes))] if changes else []


def set_in(changes: Mapping[str, Any], language: Language) -> str:
    """What is set, by dotted path, in words: ``Length of the run = 60``."""
    return say("comma", language).join(
        f"{name_of(path, language)} = {_set(value, language)}" for path, value in changes.items()
    )


def _set(value: Any, language: Language) -> str:
    if isinstance(value, bool):
        return switch_in(value, language)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
