"""The examples that are shipped: each can be asked as it stands."""

from pathlib import Path

import pytest

import experiments
from experiments.city.asked import City
from experiments.city.plan import is_city, read_city
from experiments.search.plan import read_search
from experiments.sweeps.asked import Varied
from experiments.sweeps.plan import read_plan

EXAMPLES = sorted((Path(experiments.__file__).parent / "examples").glob("*.yaml"))


def asked(path: Path) -> City | Varied:
    """What an example asks: of a city, of a search, or of a sweep."""
    if is_city(path):
        city = read_city(path)
        assert len(city.streets) > 1
        return city.city
    if "\noutcomes:" in path.read_text(encoding="utf-8"):
        search = read_search(path)
        assert len(search.search.outcomes) > 1
        return search.search
    plan = read_plan(path)
    assert len(plan.points) == len(plan.hashes) > 1
    return plan.sweep


def test_there_are_examples() -> None:
    assert {"sobol", "morris", "tiers_or_chat", "automation", "city", "staffing"} <= {
        path.stem for path in EXAMPLES
    }


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in EXAMPLES])
def test_each_example_is_valid_and_says_what_it_asks_in_both_languages(path: Path) -> None:
    example = asked(path)
    for text in (example.title, example.asks):
        assert not isinstance(text, str)
        assert text.en != text.zh
    assert example.replications >= 4, "with fewer there is little to say of chance"
