"""From a city file to its streets, each with its scenario and seeds, checked before anything is run."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from experiments.asking import read_asked, refuse
from experiments.city.asked import City
from experiments.costs import check_costs
from experiments.provenance import run_key, scenario_hash
from experiments.sweeps.plan import check_keep, children, load_named, located, part_of
from scenarios.merging import find
from scenarios.phrases import phrase
from scenarios.reading import Node, read_file
from scenarios.schema import Scenario


@dataclass(frozen=True, slots=True)
class Street:
    """One street of a city."""

    name: str
    group: str
    """Its name in the file, under which there may be several."""


@dataclass(frozen=True, slots=True)
class CityPlan:
    """What a city file asks, resolved."""

    file: Path
    city: City
    scenarios: dict[str, Scenario]
    """By name in the file."""
    hashes: dict[str, str]
    """Of these scenarios."""
    streets: tuple[Street, ...]

    def seed(self, street: Street, replication: int) -> int:
        """The seed of a run."""
        return seed_of(self.city.seed, street.name, replication)

    def key(self, street: Street, replication: int) -> str:
        """What a run is known by."""
        return run_key(self.hashes[street.group], self.seed(street, replication))

    def size(self) -> str:
        """How much is asked, for messages."""
        return f"{len(self.streets)} streets"


def seed_of(city: int, street: str, replication: int) -> int:
    """The seed of a street's run: 62 bits of the SHA-256 of the city's seed, the street and the replication.

    Streets share no people, so no two may share a seed; and a run keeps its seed whatever other streets or
    replications there are.

    Args:
        city: the city's seed.
        street: the street's name.
        replication: its number, from 1.
    """
    digest = hashlib.sha256(f"{city} {street} {replication}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 2


def is_city(file: Path) -> bool:
    """Whether a file describes a city, not a sweep.

    Raises:
        ScenarioError: it cannot be read.
    """
    tree, _ = read_file(file, str(file))
    return isinstance(tree.value, dict) and "streets" in tree.value


def read_city(file: Path) -> CityPlan:
    """Read a city file.

    Raises:
        ScenarioError: with what is wrong in it, or in what it names.
        TooLargeError: a run would cost more than its scenario allows.
    """
    city, tree = read_asked(file, City)
    check_keep(city.keep, tree)
    streets: list[Street] = []
    scenarios: dict[str, Scenario] = {}
    for group, asked in city.streets.items():
        scenarios[group] = _scenario(file, city, group, tree)
        names = [group] if asked.count == 1 else [f"{group}-{number + 1}" for number in range(asked.count)]
        streets += [Street(name, group) for name in names]
    _check_alike(scenarios, tree)
    taken: set[str] = set()
    for street in streets:
        if street.name in taken:
            node = part_of(tree, "streets", street.group)
            raise refuse(
                node, f"streets.{street.group}", phrase("two streets are called '{name}'", name=street.name)
            )
        taken.add(street.name)
    check_costs(scenarios.values())
    hashes = {name: scenario_hash(scenario) for name, scenario in scenarios.items()}
    return CityPlan(file, city, scenarios, hashes, tuple(streets))


def _scenario(file: Path, city: City, group: str, tree: Node) -> Scenario:
    """The scenario of a street: its own or the city's, with what the city sets and then what it sets."""
    own = city.streets[group].scenario
    path = ("base",) if own is None else ("streets", group, "scenario")
    changes = located(children(find(tree, ("set",))), file.parent)
    changes |= located(children(find(tree, ("streets", group, "set"))), file.parent)
    return load_named(file, own or city.base, part_of(tree, *path), ".".join(path), changes)


def _check_alike(scenarios: dict[str, Scenario], tree: Node) -> None:
    """Streets whose results are put together live the same days."""
    first, *others = scenarios
    for name in others:
        for key in ("days", "start"):
            own, expected = getattr(scenarios[name], key), getattr(scenarios[first], key)
            if own != expected:
                message = phrase(
                    "{key} is {own} here and {expected} in '{name}': streets of a city live the same days",
                    key=key,
                    own=own,
                    expected=expected,
                    name=first,
                )
                raise refuse(part_of(tree, "streets", name), f"streets.{name}", message)
