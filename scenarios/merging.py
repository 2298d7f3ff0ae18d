"""Laying one scenario over another, value by value, so that each value still knows the file that set it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from scenarios.errors import Problem
from scenarios.fields import Kind, keys_of, part_for
from scenarios.names import nearest_name
from scenarios.phrases import hinted, phrase
from scenarios.reading import Node, Place
from scenarios.schema import Scenario
from scenarios.units import Part

TOP = Kind("mapping", parts=(Scenario,))
NAMED = (("cases", "categories"), ("handlers",))
"""The mappings whose names the user chooses: null takes a name away."""


@dataclass(slots=True)
class Layers:
    """What several files and ``--set`` amount to.

    Attributes:
        tree: the values, each with its place.
        problems: what was found wrong in reading and merging.
        removed: where a name was taken away, by path.
        files: what was laid, from the first to the last.
    """

    tree: Node
    problems: list[Problem] = field(default_factory=list)
    removed: dict[tuple[str | int, ...], Place] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def lay(self, over: Node) -> None:
        """Lay values over those so far.

        Mappings merge key by key. A list or single value replaces what stood there, and so does a
        distribution of another name. Null takes a kind of trouble or a handler away; before the keys of a
        section it says nothing.
        """
        self.files.append(over.place.file)
        self.tree = self._combine(self.tree, over, TOP, ())

    def rank(self, place: Place) -> int:
        """How late a value was laid; -1 for a default."""
        return self.files.index(place.file) if place.file in self.files else -1

    def _combine(self, base: Node, over: Node, kind: Kind | None, path: tuple[str, ...]) -> Node:
        if not isinstance(over.value, dict) or not isinstance(base.value, dict):
            return over
        if kind is not None and _other_distribution(base.value, over.value):
            return over
        merged = dict(base.value)
        chosen = merged.get("distribution")
        part = part_for(kind, {"distribution": chosen.value if chosen else None}) if kind else None
        for name, child in over.value.items():
            inner = _below(kind, part, name)
            here = (*path, name)
            if child.value is None and inner is not None and inner.name in {"names", "mapping"}:
                if path in NAMED:
                    self._remove(merged, child, here)
                continue
            self.removed.pop(here, None)
            merged[name] = self._combine(merged[name], child, inner, here) if name in merged else child
        return Node(merged, over.place, over.key)

    def _remove(self, merged: dict[str, Node], child: Node, path: tuple[str, ...]) -> None:
        name = path[-1]
        if merged.pop(name, None) is None:
            message = phrase("null takes a name away, but there is no '{name}' here", name=name)
            self.problems.append(
                child.key.problem(".".join(path), hinted(message, nearest_name(name, merged)))
            )
        self.removed[path] = child.key


def _other_distribution(base: Mapping[str, Node], over: Mapping[str, Node]) -> bool:
    return "distribution" in over and (
        "distribution" not in base or base["distribution"].value != over["distribution"].value
    )


def _below(kind: Kind | None, part: type[Part] | None, name: str) -> Kind | None:
    """The kind of value that a mapping takes under a name; None where the schema has none."""
    if kind is not None and kind.name == "names":
        return kind.item
    key = keys_of(part).get(name) if part else None
    return key.kind if key else None


@cache
def defaults() -> Node:
    """What holds where no file says anything."""
    data = Scenario(title="").model_dump(mode="json", exclude={"title", "asks"})
    return tree_of(data, Place("default"))


def tree_of(value: Any, place: Place) -> Node:
    """Plain data as a tree, all at one place."""
    if isinstance(value, Mapping):
        return Node({str(key): tree_of(child, place) for key, child in value.items()}, place, place)
    if isinstance(value, list | tuple):
        return Node([tree_of(child, place) for child in value], place, place)
    return Node(value, place, place)


def plain(node: Node) -> Any:
    """The values of a tree without their places."""
    if isinstance(node.value, dict):
        return {name: plain(child) for name, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def without(node: Node, *paths: tuple[str, ...]) -> Node:
    """A tree without the values at some paths."""
    if not isinstance(node.value, dict):
        return node
    kept: dict[str, Node] = {}
    for name, child in node.value.items():
        if (name,) not in paths:
            below = [path[1:] for path in paths if path[0] == name]
            kept[name] = without(child, *below) if below else child
    return Node(kept, node.place, node.key)


def find(node: Node, path: tuple[str | int, ...]) -> Node | None:
    """The value at a path; None where there is none."""
    for step in path:
        value = node.value
        child: Node | None = None
        if isinstance(value, dict):
            child = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            child = value[step]
        if child is None:
            return None
        node = child
    return node


def nested(steps: Sequence[str], value: Node) -> Node:
    """A value below names, as a tree of its own; the names stand where the value's key does."""
    for step in reversed(steps):
        value = Node({step: value}, value.key, value.key)
    return value


def nearest(node: Node, path: tuple[str | int, ...]) -> tuple[Node, tuple[str | int, ...]]:
    """The value at a path, or where there is none the nearest one above it; and its path."""
    while (found := find(node, path)) is None:
        path = path[:-1]
    return found, path


def put(node: Node, path: tuple[str, ...], value: Node) -> Node:
    """A tree with another value at a path; mappings on the way are made where there are none."""
    if not path:
        return value
    entries = dict(node.value) if isinstance(node.value, dict) else {}
    entries[path[0]] = put(entries.get(path[0], value), path[1:], value)
    return Node(entries, node.place, node.key)
