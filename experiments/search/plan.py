"""From a search file to its plan, all checked before anything is run."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from experiments.asking import column_taken, read_asked, refuse
from experiments.search.asked import Direction, Search
from experiments.sweeps.designs import Point
from experiments.sweeps.plan import Space, part_of, read_varied
from scenarios.errors import ScenarioError, TooLargeError

COLUMNS = ("trial", "generation", "what", "on_front", "holds", "refused")
"""Names that a factor cannot have, beside those that no sweep takes."""
VALUES = ("mean", "low", "high", "diff", "diff_low", "diff_high", "chosen", "chosen_diff")
"""Endings of an outcome's columns."""
BASE = 0
"""Number of the scenario that is varied itself, beside which the trials stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPlan(Space):
    """What a search file asks, resolved; its points are the scenario itself and the trials so far."""

    search: Search
    generations: list[int] = field(default_factory=list)
    """Of each point: from 1, and 0 for the scenario itself."""
    refused: dict[int, str] = field(default_factory=dict)
    """Why a point cannot be run, by its number."""

    @property
    def outcomes(self) -> dict[str, Direction]:
        """Each outcome with its direction."""
        return self.search.directions()

    @property
    def seeds(self) -> range:
        """By which the search chooses."""
        return range(self.search.seed, self.search.seed + self.search.replications)

    @property
    def fresh(self) -> range:
        """By which those that were chosen are judged: as many, and none of the search's."""
        return range(self.seeds.stop, self.seeds.stop + self.search.replications)

    def take(self, point: Point, generation: int) -> int:
        """Ask for one more point, and return its number; one that is no scenario counts, and is not run."""
        number = len(self.points)
        self.generations.append(generation)
        try:
            self.add(point)
        except (ScenarioError, TooLargeError) as error:
            self.points.append(point)
            self.hashes.append("")
            self.refused[number] = _short(error)
        return number


def _short(error: ScenarioError | TooLargeError) -> str:
    """What is wrong, without the place of the file, which the results do not depend on."""
    if isinstance(error, ScenarioError):
        return "; ".join(f"{problem.path}: {problem.message}" for problem in error.problems)
    return str(error)


def columns_of(outcomes: Iterable[str]) -> list[str]:
    """Names of the columns of outcomes."""
    return [f"{name}.{value}" for name in outcomes for value in VALUES]


def read_search(file: Path) -> SearchPlan:
    """Read a search file; its plan holds the scenario itself and no trials yet.

    Raises:
        ScenarioError: with what is wrong in it, or in what it names.
        TooLargeError: a run of the scenario would cost more than it allows.
    """
    search, tree = read_asked(file, Search)
    bases, factors = read_varied(file, search, tree)
    for factor in factors:
        if factor.name in (*COLUMNS, *columns_of(search.outcomes)):
            path = f"factors.{factor.name}"
            raise refuse(part_of(tree, "factors", factor.name), path, column_taken(factor.name))
    plan = SearchPlan(file, bases, factors, search.set, search=search)
    plan.add({})
    plan.generations.append(0)
    return plan
