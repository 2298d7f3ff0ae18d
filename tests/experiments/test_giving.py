"""What became of wants and of groups of children, and willingness: by hand, and against a run's metrics."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.curves import curves_of
from experiments.giving import (
    FAILS,
    OUTCOMES,
    groups_by_failure,
    shares,
    wants_by_outcome,
    willingness_curves,
)
from simulation.model import CommunityModel

NA = pd.NA
TYPES = dict.fromkeys(("kind", "state", "channel"), "string") | {"listed_h": "Float64", "held": "boolean"}


def resources(*rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["kind", "state", "listed_h", "channel", "held"]).astype(TYPES)


@pytest.mark.parametrize(
    ("want", "outcome"),
    [
        (("met", 5.0, "visit", True), "met"),
        (("met", 5.0, "word_of_mouth", True), "neighbours"),
        (("met", NA, NA, True), "met"),
        (("met", 5.0, "some_new_channel", True), "met"),
        (("over", 5.0, "visit", False), "refused"),
        (("over", 5.0, "visit", NA), "unmatched"),
        (("over", NA, NA, NA), "unlisted"),
        (("open", 5.0, "visit", False), "open"),
        (("open", NA, NA, NA), "open"),
        (("some_new_state", 5.0, "visit", NA), "unmatched"),
    ],
)
def test_each_want_has_one_outcome(want: tuple[Any, ...], outcome: str) -> None:
    counts = wants_by_outcome(resources(("want", *want), ("offer", "given", 1.0, "visit", NA)))
    assert dict(zip(OUTCOMES, counts, strict=True)) == dict.fromkeys(OUTCOMES, 0.0) | {outcome: 1.0}


def test_shares_add_up_or_are_null() -> None:
    assert shares(np.array([1.0, 3.0])) == pytest.approx([0.25, 0.75])
    assert np.isnan(shares(wants_by_outcome(resources()))).all()


def test_a_group_counts_for_each_part_that_it_fails_on() -> None:
    table = pd.DataFrame(
        {
            "lacks_teacher": [True, False, False],
            "lacks_room": [True, False, False],
            "lacks_stationery": [False, False, False],
            "lacks_children": [False, False, False],
            "refused_by": pd.array([NA, "room", NA], dtype="string"),
            "done_h": pd.array([NA, NA, 30.0], dtype="Float64"),
        }
    )
    counts = dict(zip(FAILS, groups_by_failure(table), strict=True))
    some = {"lacks_teacher": 1.0, "lacks_room": 1.0, "fails_teacher": 1.0, "fails_room": 2.0}
    assert counts == dict.fromkeys(FAILS, 0.0) | some | {"begun": 1.0, "groups": 3.0}
    assert not groups_by_failure(table[:0]).any()


def test_willingness_counts_every_provider_once_over_the_months_of_the_run() -> None:
    rows = [(0, 0, "ngo", 1, 0.2), (0, 1, "ngo", 3, 0.6), (1, 0, "ngo", 2, 0.4), (1, 0, "office", 9, 0.9)]
    table = pd.DataFrame(rows, columns=["month", "community", "kind", "providers", "willing"])
    curves = willingness_curves(table, 3)
    assert curves["ngo"] == pytest.approx([0.5, 0.4, np.nan], nan_ok=True)
    assert curves["office"] == pytest.approx([np.nan, 0.9, np.nan], nan_ok=True)
    assert np.isnan(curves["resident"]).all()
    assert len(willingness_curves(table[:0], 3)["ngo"]) == 3


def test_a_month_without_an_entry_is_still_a_month_of_the_run(made_up: Callable[..., Any]) -> None:
    tables = made_up(1, days=60)  # from 15 January: three calendar months, of which two have entries
    assert tables["willingness"]["month"].max() == 1
    willing = curves_of(tables).willingness["ngo"]
    assert np.isnan(willing).tolist() == [False, False, True]


def test_counts_agree_with_the_metrics_of_a_run(
    scenario: Callable[..., Any], lived: Callable[..., CommunityModel]
) -> None:
    model = lived(scenario({"days": 120, "resources.every": "monthly"}), seed=2)
    curves, metrics = curves_of(model.tables()), model.summary()
    wants = dict(zip(OUTCOMES, curves.wants, strict=True))
    assert wants["met"] > 0.0
    decided = curves.wants.sum() - wants["open"]
    assert (wants["met"] + wants["neighbours"]) / decided == pytest.approx(metrics["resource.match_rate"])
    assert curves.groups[FAILS.index("begun")] == metrics["resource.bundles_completed"]
    willing = curves.willingness["resident"]
    assert willing[-1] == pytest.approx(
        model.state.providers.all_willing()[model.state.providers.are.kind == 3].mean()
    )
