"""What changes midway: the rules that hold from each day on, and which values may change at all.

A scenario says it under ``changes``. What the community is and what arises in it stays; a rule can change
where the model reads it when it is used. Each changed scenario is checked as a whole, as if a file said it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from scenarios.errors import Problem, ScenarioError
from scenarios.explaining import explain
from scenarios.fields import Kind, key_at, keys_of, part_for
from scenarios.merging import TOP, Layers, find, nested, plain, tree_of, without
from scenarios.names import nearest_name
from scenarios.phrases import Phrase, hinted, phrase
from scenarios.reading import Node, Place
from scenarios.schema import Scenario

type Path = tuple[str, ...]

BEFORE = Place("the rules before the change")


@dataclass(frozen=True, slots=True)
class Midway:
    """Whether one value of a scenario can change midway.

    Attributes:
        path: its dotted path.
        can: whether it can.
        why_not: why it cannot, a clause such as "the community is built before the first day"; empty where
            it can.
    """

    path: str
    can: bool
    why_not: str


def midway(scenario: Scenario) -> tuple[Midway, ...]:
    """For every value of a scenario, in the order of the schema, whether it can change midway.

    A distribution and a list are one value each; names that the user chose stand in the path.
    """
    data = scenario.model_dump(mode="json")
    return tuple(
        Midway(".".join(path), not why, why)
        for path, _ in _leaves(tree_of(data, BEFORE), TOP, ())
        for why in [_reason_against(path, data)]
    )


def phases(scenario: Scenario) -> dict[int, Scenario]:
    """The rules that hold from the start of each day on which some change, by day.

    Each is a whole scenario without ``changes``; empty where nothing changes.

    Raises:
        ScenarioError: a change names what cannot change, or does not fit the rules before it.
    """
    if not scenario.changes:
        return {}
    found, problems = _phases(tree_of(scenario.model_dump(mode="json"), Place("scenario")))
    if problems:
        raise ScenarioError(problems)
    return found


def problems_of_changes(tree: Node) -> list[Problem]:
    """What is wrong with the changes of a scenario that is right otherwise.

    Args:
        tree: the scenario as merged, with its places.
    """
    return _phases(tree)[1]


def _phases(tree: Node) -> tuple[dict[int, Scenario], list[Problem]]:
    now = plain(without(tree, ("changes",)))
    entries = find(tree, ("changes",))
    found: dict[int, Scenario] = {}
    problems: list[Problem] = []
    for number, entry in enumerate(entries.value if entries and isinstance(entries.value, list) else []):
        day, values = find(entry, ("day",)), find(entry, ("set",))
        if day is None or values is None or not isinstance(values.value, dict):
            continue  # the schema has told so
        layers = Layers(tree_of(now, BEFORE), files=[BEFORE.file])
        wrong: list[Problem] = []
        for dotted, value in values.value.items():
            refused = _refused(dotted, value, now)
            wrong += refused
            if not refused:
                layers.lay(nested(dotted.split("."), value))
        wrong += layers.problems
        try:
            changed = Scenario.model_validate_json(json.dumps(plain(layers.tree)))
        except ValidationError as error:
            wrong += explain(error, layers, extends=True)
        else:
            now = plain(layers.tree)
            found[int(plain(day))] = changed
        problems += [
            replace(problem, path=f"changes.{number}.set.{problem.path}".rstrip(".")) for problem in wrong
        ]
    return found, problems


def _refused(dotted: str, value: Node, data: Any) -> list[Problem]:
    """Why a change may not be made, whatever the new value; an unknown key is told of where it is laid."""
    path = tuple(dotted.split("."))
    if not all(path):
        return [value.key.problem(dotted, no_path(dotted, "patrol.part_time_days"))]
    problems = []
    for leaf, node in _leaves(nested(path, value), TOP, ()):
        if message := _unknown_name(leaf, node, data):
            problems.append(node.key.problem(".".join(leaf), message))
        elif why := _reason_against(leaf, data):
            problems.append(
                node.key.problem(".".join(leaf), phrase("this cannot change midway: {why}", why=phrase(why)))
            )
    return problems


def _leaves(node: Node, kind: Kind | None, path: Path) -> Iterator[tuple[Path, Node]]:
    """The single values that a tree sets; a distribution is one value, and so is what the schema lacks."""
    part = part_for(kind, None) if kind is not None else None
    if not isinstance(node.value, dict) or kind is None:
        yield path, node
    elif kind.name == "names":
        for name, child in node.value.items():
            yield from _leaves(child, kind.item, (*path, name))
    elif part is None or not node.value:
        yield path, node
    else:
        for name, child in node.value.items():
            key = keys_of(part).get(name)
            yield from _leaves(child, key.kind if key else None, (*path, name))


def _unknown_name(path: Path, node: Node, data: Any) -> Phrase | None:
    """What to say where a path leads through a name that is not there, or takes one away; else None."""
    for length in range(1, len(path) + 1):
        name, here = path[length - 1], data
        _, above = key_at(path[: length - 1], data)
        for step in path[: length - 1]:
            here = here.get(step, {}) if isinstance(here, dict) else {}
        if above is not None and above.name == "names":
            if name not in here:
                message = phrase("there is no '{name}', and none can be added midway", name=name)
                return hinted(message, nearest_name(name, here))
            if length == len(path) and node.value is None:
                return phrase("'{name}' cannot be taken away midway", name=name)
    return None


def _reason_against(path: Path, data: Any) -> str:
    """Why the value at a path cannot change midway; empty where it can."""
    keys = (key_at(path[:length], data)[0] for length in range(1, len(path) + 1))
    return next((key.fixed for key in keys if key is not None and key.fixed), "")


def no_path(dotted: str, example: str) -> Phrase:
    """What to say of a text that is no path to a value."""
    return phrase("'{path}' is not a path such as {example}", path=dotted, example=example)
