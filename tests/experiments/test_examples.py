"""The examples that are shipped: each can be asked as it stands."""

from pathlib import Path

import pytest

import experiments
from experiments.sweeps.plan import read_plan

SWEEPS = sorted((Path(experiments.__file__).parent / "examples").glob("*.yaml"))


def test_there_are_examples() -> None:
    assert {"sobol", "morris", "tiers_or_chat"} <= {path.stem for path in SWEEPS}


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in SWEEPS])
def test_each_example_is_valid_and_says_what_it_asks_in_both_languages(path: Path) -> None:
    plan = read_plan(path)
    assert len(plan.points) == len(plan.hashes) > 1
    for text in (plan.sweep.title, plan.sweep.asks):
        assert not isinstance(text, str)
        assert text.en != text.zh
    assert plan.sweep.replications >= 4, "with fewer there is little to say of chance"
