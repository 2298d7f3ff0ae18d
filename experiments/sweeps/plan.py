"""From a sweep file to its plan: base scenarios, factors, points, all checked before anything is run."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from experiments.asking import column_taken, not_allowed, read_asked, refuse
from experiments.costs import check_costs
from experiments.messages import title_in
from experiments.provenance import scenario_hash
from experiments.sweeps.asked import Sweep, Varied
from experiments.sweeps.designs import Point, draw_points
from experiments.sweeps.factors import SCENARIO, Changes, Factor, Range, Values, label_of
from scenarios import load
from scenarios.errors import Problem, ScenarioError
from scenarios.fields import ONE, key_at
from scenarios.loading import is_file
from scenarios.merging import find, plain
from scenarios.names import nearest_name
from scenarios.phrases import hinted, phrase
from scenarios.reading import Node
from scenarios.schema import Scenario
from scenarios.units import parse_hours
from scenarios.varying import Variations
from simulation.results.metrics import METRICS
from simulation.results.table_names import TABLES

COLUMNS = {*METRICS, "point", "title", "parameters", "seed", "status", "error", "key", "fate", "runs", "n"}
"""Names that a factor cannot have, since tables have such columns."""
RANGE_KEYS = ("low", "high", "levels", "scale")


@dataclass(frozen=True, slots=True)
class Space:
    """What a file varies, resolved, and the points of it that are asked for."""

    file: Path
    bases: dict[str, Variations]
    """By name; the first where no factor chooses."""
    factors: tuple[Factor, ...]
    always: Mapping[str, Any]
    """What is set in every run, by dotted path."""
    points: list[Point] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    """Of each point's scenario."""

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """The scenarios that are varied, by name."""
        return {name: base.base for name, base in self.bases.items()}

    def name(self, point: Point) -> str:
        """Name of a point's base scenario."""
        return str(point.get(SCENARIO, next(iter(self.bases))))

    def title(self, point: Point) -> str:
        """English title of a point's base scenario."""
        return title_in(self.bases[self.name(point)].base.title, "en")

    def changes(self, point: Point) -> Changes:
        """What a point changes in its base scenario; factors that it does not name stay as they are."""
        changed: dict[str, Node | object] = {}
        for factor in self.factors:
            if factor.name in point:
                changed |= factor.changes(point[factor.name])
        return changed

    def scenario(self, number: int) -> Scenario:
        """The scenario of a point."""
        return self._made(self.points[number])

    def add(self, point: Point) -> None:
        """Ask for one more point.

        Raises:
            ScenarioError: its scenario is none.
            TooLargeError: a run would cost more than its scenario allows.
        """
        scenario = self._made(point)
        check_costs([scenario])
        self.points.append(point)
        self.hashes.append(scenario_hash(scenario))

    def parameters(self, point: Point) -> str:
        """What was set in a point's run, as JSON: for the sweep as a whole, then by its factors."""
        values = {path: plain(v) if isinstance(v, Node) else v for path, v in self.changes(point).items()}
        return json.dumps({**self.always, **values}, ensure_ascii=False)

    def _made(self, point: Point) -> Scenario:
        return self.bases[self.name(point)].made(self.changes(point))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan(Space):
    """What a sweep file asks, resolved."""

    sweep: Sweep

    def size(self) -> str:
        """How much is asked, for messages."""
        return f"{len(self.points)} points"


def read_plan(file: Path) -> Plan:
    """Read a sweep file and draw its points.

    Raises:
        ScenarioError: with what is wrong in it, or in what it names.
        TooLargeError: a run would cost more than its scenario allows.
    """
    sweep, tree = read_asked(file, Sweep)
    check_keep(sweep.keep, tree)
    bases, factors = read_varied(file, sweep, tree)
    plan = Plan(file, bases, factors, sweep.set, sweep=sweep)
    for point in draw_points(sweep.design, factors, sweep.seed, file):
        plan.add(point)
    return plan


def read_varied(file: Path, varied: Varied, tree: Node) -> tuple[dict[str, Variations], tuple[Factor, ...]]:
    """The scenarios that a file varies, by name, and its factors, each of whose values was tried alone.

    Raises:
        ScenarioError: with what is wrong in the file, or in what it names.
    """
    bases = _bases(file, varied, tree)
    factors = tuple(_factors(file, tree, next(iter(bases.values()))))
    _check_values(bases, factors)
    return bases, factors


def part_of(tree: Node, *path: str | int) -> Node:
    """The node at a path of a file, or the whole where there is none."""
    found = find(tree, path)
    return tree if found is None else found


def children(node: Node | None) -> dict[str, Node]:
    """What stands below a mapping; nothing where there is none."""
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _bases(file: Path, varied: Varied, tree: Node) -> dict[str, Variations]:
    """The scenarios to vary, with what is set in every run."""
    chosen = find(tree, ("factors", SCENARIO))
    sources = [(varied.base, part_of(tree, "base"), "base")]
    if chosen is not None:
        if not isinstance(chosen.value, list) or not chosen.value:
            raise refuse(
                chosen, f"factors.{SCENARIO}", phrase("give a list of scenarios: [coordinated, fragmented]")
            )
        sources = [
            (str(node.value), node, f"factors.{SCENARIO}.{number}")
            for number, node in enumerate(chosen.value)
        ]
    changes = located(children(find(tree, ("set",))), file.parent)
    bases: dict[str, Variations] = {}
    for source, node, path in sources:
        name = Path(source).stem if is_file(source) else source
        if name in bases:
            raise refuse(node, path, phrase("two scenarios are called '{name}'", name=name))
        bases[name] = Variations(load_named(file, source, node, path, changes), str(file))
    return bases


def load_named(file: Path, source: str, node: Node, path: str, changes: Changes) -> Scenario:
    """A scenario that a file names.

    Args:
        file: the file.
        source: a shipped scenario's name, or a file relative to that file.
        node: where it is named.
        path: the dotted path of that place.
        changes: what to set in the scenario.

    Raises:
        ScenarioError: there is none, or it or a change is wrong.
    """
    if is_file(source) and not (file.parent / source).is_file():
        raise refuse(node, path, phrase("there is no file '{name}'", name=file.parent / source))
    try:
        return load(file.parent / source if is_file(source) else source, changes)
    except ScenarioError as error:
        own = error.problems[0]
        if own.line is None and own.file == source:
            raise refuse(node, path, own.said) from None
        raise


def _factors(file: Path, tree: Node, base: Variations) -> Iterator[Factor]:
    own = find(tree, ("design", "levels"))
    levels = None if own is None else own.value
    for name, node in children(find(tree, ("factors",))).items():
        if name in COLUMNS:
            raise refuse(node, f"factors.{name}", column_taken(name))
        if name == SCENARIO:
            names = [Path(str(item.value)).stem for item in _items(node)]
            yield Values(name, tuple(names), ({},) * len(names))
        elif isinstance(node.value, list):
            yield _listed(name, node, file.parent)
        elif isinstance(node.value, dict) and set(node.value) & set(RANGE_KEYS):
            yield _range(name, node, base, levels if isinstance(levels, int) else 4)
        else:
            yield _policies(name, node, file.parent)


def _items(node: Node) -> list[Node]:
    return node.value if isinstance(node.value, list) else []


def _listed(name: str, node: Node, folder: Path) -> Values:
    items = _items(node)
    labels = tuple(label_of(plain(item)) for item in items)
    if not items or len(set(map(str, labels))) < len(labels):
        raise refuse(node, f"factors.{name}", phrase("give a list of different values"))
    return Values(name, labels, tuple(located({name: item}, folder) for item in items))


def _policies(name: str, node: Node, folder: Path) -> Values:
    policies = children(node)
    wrong = next((child for child in policies.values() if not isinstance(child.value, dict)), None)
    if not policies or wrong is not None:
        message = phrase(
            "give a list of values, a range {range}, or named policies {policies}, of which an empty one "
            "{empty} changes nothing",
            range="{low: , high: }",
            policies="{name: {path: value, ...}, ...}",
            empty="{}",
        )
        raise refuse(wrong or node, f"factors.{name}", message)
    sets = tuple(located(children(policy), folder) for policy in policies.values())
    return Values(name, tuple(policies), sets)


def _range(name: str, node: Node, base: Variations, levels: int) -> Range:
    given = children(node)
    path = f"factors.{name}"
    unknown = next((key for key in given if key not in RANGE_KEYS), None)
    if unknown is not None:
        said = phrase("a range has no key '{name}'", name=unknown)
        near = nearest_name(unknown, RANGE_KEYS)
        raise refuse(given[unknown], f"{path}.{unknown}", hinted(said, near))
    _, kind = key_at(tuple(name.split(".")), base.data)
    kind_name = kind.name if kind else ""
    if kind_name not in {"number", "whole number", "duration", "time of day"}:
        said = phrase("a range needs a parameter that is a number, a duration or a time of day")
        advice = phrase("list the values in place of it")
        raise refuse(node, path, hinted(said, advice if kind else phrase("there is no '{name}'", name=name)))
    low, high = (_bound(given, end, path, node, kind_name) for end in ("low", "high"))
    scale = given["scale"].value if "scale" in given else "linear"
    if scale not in {"linear", "log"}:
        raise refuse(
            given["scale"], f"{path}.scale", phrase("'{value}' is no scale: give linear or log", value=scale)
        )
    if not low < high or (scale == "log" and low <= 0.0):
        rule = phrase("low is above 0 and below high") if scale == "log" else phrase("low is below high")
        ends = plain(node)
        said = phrase("{low} and {high} are no range: {rule}", low=ends["low"], high=ends["high"], rule=rule)
        raise refuse(node, path, said)
    own = given["levels"].value if "levels" in given else levels
    if type(own) is not int or not 2 <= own <= 1000:
        takes = phrase("{noun} from {low} to {high}", noun=phrase("a whole number"), low=2, high=1000)
        raise refuse(given["levels"], f"{path}.levels", not_allowed(own, takes))
    return Range(name, low, high, scale == "log", kind_name, own, node)


def _bound(given: dict[str, Node], end: str, path: str, node: Node, kind: str) -> float:
    if end not in given:
        said = phrase("'{name}' is missing: give {takes}", name=end, takes="{low: , high: }")
        raise refuse(node, path, said)
    value = given[end].value
    if kind in {"duration", "time of day"}:
        hours = parse_hours(value, kind)
        if hours is None:
            example = "90 min" if kind == "duration" else "18:30"
            takes = phrase("{words}, such as {example}", words=ONE[kind], example=example)
            raise refuse(given[end], f"{path}.{end}", not_allowed(repr(value), takes))
        return hours
    right = isinstance(value, int) or (kind == "number" and isinstance(value, float))
    if isinstance(value, bool) or not isinstance(value, int | float) or not right:
        raise refuse(given[end], f"{path}.{end}", not_allowed(repr(value), ONE[kind]))
    return float(value)


def located(changes: dict[str, Node], folder: Path) -> dict[str, Node | object]:
    """Values to set, the path of a layout taken as relative to the folder of the file that says so."""
    placed: dict[str, Node | object] = {**changes}
    layout = changes.get("community.layout")
    if layout is not None and isinstance(layout.value, str):
        placed["community.layout"] = Node(str((folder / layout.value).resolve()), layout.place, layout.key)
    return placed


def _check_values(bases: dict[str, Variations], factors: tuple[Factor, ...]) -> None:
    """Find every value that no scenario takes, before the combinations are drawn."""
    problems: list[Problem] = []
    for factor in factors:
        ends = factor.labels if isinstance(factor, Values) else (factor.at(0.0), factor.at(1.0))
        for label in ends:
            for base in bases.values():
                try:
                    base.made(factor.changes(label))
                except ScenarioError as error:
                    problems += error.problems
    if problems:
        raise ScenarioError(list(dict.fromkeys(problems)))


def check_keep(keep: tuple[str, ...], tree: Node) -> None:
    """Refuse to keep a table that there is not."""
    for number, name in enumerate(keep):
        if name not in TABLES:
            said = hinted(phrase("no table is called '{name}'", name=name), nearest_name(name, TABLES))
            raise refuse(part_of(tree, "keep", number), f"keep.{number}", said)
