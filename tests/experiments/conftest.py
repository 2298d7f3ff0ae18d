"""Scenarios with made-up curves, for the tests of figures and reports."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.attribution.attributing import Asked, Samples
from experiments.attribution.tables import worth_table
from experiments.curves import Averaged, Shown, average, curves_of
from experiments.messages import LANGUAGES
from scenarios.cases import Title
from scenarios.schema import Mechanisms, Scenario
from scenarios.varying import Variations
from simulation.results.metrics import METRICS
from simulation.satisfaction.evening import CAUSES

LONG = Title(
    en="Stretched: grids of 600 households, half the staff and a name that goes on for ever",
    zh="力量不足：网格扩大到六百户，网格员和中心户减半，名称还特别长，长到图例需要换行才放得下",
)
KINDS = {
    "conflict": ("Conflict", "邻里矛盾", 168.0),
    "damage": ("Damage", "设施损坏", 72.0),
    "question": ("Policy question", "政策疑问", 48.0),
    "other": ("Other", "其他", 120.0),
}


def tables(
    seed: int,
    days: int = 60,
    notices: int = 3,
    cases: int = 120,
    buildings: int = 21,
    vulnerable: bool = True,
) -> dict[str, pd.DataFrame]:
    """Result tables of a run that never was, with the columns that curves are made from."""
    chance = np.random.default_rng(seed)
    hours = np.tile(np.arange(241), notices)
    pace = np.repeat(chance.uniform(20.0, 60.0, notices), 241)
    uploaded = np.sort(chance.uniform(0.0, 24.0 * days, cases))
    resolved = uploaded + chance.lognormal(3.0, 1.0, cases)
    kind = chance.integers(len(KINDS), size=cases)
    names, allowed = list(KINDS), np.array([deadline for _, _, deadline in KINDS.values()])
    satisfaction = 65.0 + np.cumsum(chance.normal(-0.05, 0.1, days))
    side = int(np.ceil(np.sqrt(buildings)))
    row, column = np.divmod(np.arange(buildings), side)
    known = np.full(buildings, np.nan) if not notices else chance.uniform(0.4, 0.9, buildings)
    groups = 4 if cases else 0
    return {
        "reach": pd.DataFrame(
            {
                "notice_id": np.repeat(np.arange(notices), 241),
                "after_h": hours,
                "share": 0.95 * (1.0 - np.exp(-hours / pace)),
            }
        ),
        "cases": pd.DataFrame(
            {
                "category": pd.array([names[number] for number in kind], dtype="string"),
                "uploaded_h": pd.array(uploaded, dtype="Float64"),
                "resolved_h": pd.array(
                    [hour if hour <= 24.0 * days else pd.NA for hour in resolved], dtype="Float64"
                ),
                "deadline_h": pd.array(uploaded + allowed[kind], dtype="Float64"),
                "on_time": pd.array(resolved <= uploaded + allowed[kind], dtype="boolean"),
                "reported_on_time": pd.array(resolved <= uploaded + 1.1 * allowed[kind], dtype="boolean"),
                "duplicate_h": chance.exponential(0.05, cases),
                "handling_h": chance.exponential(0.1, cases),
                "orphan_h": chance.exponential(20.0, cases),
            }
        ),
        "timeline": pd.DataFrame(
            {
                "date": pd.date_range("2025-01-15", periods=days),
                "satisfaction_mean": satisfaction,
                "satisfaction_p10": satisfaction - 20.0,
                "satisfaction_vulnerable": pd.array(
                    satisfaction - 3.0 if vulnerable else [pd.NA] * days, dtype="Float64"
                ),
            }
        ),
        "categories": pd.DataFrame(
            [(name, en, zh) for name, (en, zh, _) in KINDS.items()], columns=["category", "en", "zh"]
        ),
        "buildings": pd.DataFrame(
            {
                "x_m": 45.0 * column + chance.uniform(-4.0, 4.0, buildings),
                "y_m": 45.0 * row + chance.uniform(-4.0, 4.0, buildings),
                "footprint_m2": chance.uniform(300.0, 1200.0, buildings),
                "grid": row // 2,
                "satisfaction_end": chance.normal(60.0, 3.0, buildings),
                "reach_72h": pd.array(known, dtype="Float64"),
                "cases_open": chance.poisson(1.0 if cases else 0.0, buildings),
            }
        ),
        "satisfaction": pd.DataFrame(
            {
                "month": 0,
                "cause": pd.array(list(CAUSES), dtype="string"),
                "group": "all",
                "change": chance.normal(0.0, 3.0, len(CAUSES)),
            }
        ),
        "projects": pd.DataFrame(
            {
                "raised_h": np.linspace(0.0, 12.0 * days, 12 if cases else 0),
                "completed_h": pd.array(
                    [24.0 * days * 0.9 if number % 3 == 0 else pd.NA for number in range(12 if cases else 0)],
                    dtype="Float64",
                ),
                "state": pd.array(
                    [
                        ("completed", "preparing", "waiting")[number % 3]
                        for number in range(12 if cases else 0)
                    ],
                    dtype="string",
                ),
            }
        ),
        "resources": wants_and_offers(chance, 40 if cases else 0),
        "bundles": pd.DataFrame(
            {
                "lacks_teacher": pd.array([True, False, False, False][:groups], dtype="bool"),
                "lacks_room": pd.array([True, True, False, False][:groups], dtype="bool"),
                "lacks_stationery": pd.array([False] * groups, dtype="bool"),
                "lacks_children": pd.array([False] * groups, dtype="bool"),
                "refused_by": pd.array([pd.NA, pd.NA, "teacher", pd.NA][:groups], dtype="string"),
                "done_h": pd.array([pd.NA, pd.NA, pd.NA, 400.0][:groups], dtype="Float64"),
            }
        ),
        "willingness": pd.DataFrame(
            [
                (month, 0, kind, 1 + place, 0.3 + 0.15 * place + 0.1 * chance.random())
                for month in range(1 + days // 31 if cases else 0)
                for place, kind in enumerate(("office", "enterprise", "ngo", "resident"))
            ],
            columns=["month", "community", "kind", "providers", "willing"],
        ),
        "warnings": pd.DataFrame({"en": ["Few members in 1 building."], "zh": ["1栋楼党员不足。"]}),
    }


def wants_and_offers(chance: np.random.Generator, wants: int) -> pd.DataFrame:
    """Wants and offers as they stand in the table ``resources``."""
    fates: list[tuple[Any, ...]] = [
        ("met", 20.0, "visit", True),
        ("met", pd.NA, "word_of_mouth", True),
        ("over", 20.0, "questionnaire", False),
        ("over", 20.0, "questionnaire", pd.NA),
        ("over", pd.NA, pd.NA, pd.NA),
        ("open", 20.0, "visit", False),
    ]
    rows = [("want", *fates[number]) for number in chance.integers(len(fates), size=wants)]
    rows += [("offer", "given", 20.0, "visit", pd.NA)] * (wants // 2)
    table = pd.DataFrame(rows, columns=["kind", "state", "listed_h", "channel", "held"])
    texts = dict.fromkeys(("kind", "state", "channel"), "string")
    return table.astype(texts | {"listed_h": "Float64", "held": "boolean"})


@pytest.fixture(scope="session")
def made_up() -> Callable[..., dict[str, pd.DataFrame]]:
    """Makes the tables of a run that never was."""
    return tables


@cache
def averaged(number: int, replications: int, **kind: Any) -> Averaged:
    """Averaged curves of runs that never were: many tests show the same, and making them takes long."""
    return average([curves_of(tables(100 * number + seed, **kind)) for seed in range(replications)])


@pytest.fixture(scope="session")
def shown() -> Callable[..., list[Shown]]:
    """Makes scenarios as figures and reports show them; their curves are shared and stay as they are."""

    def make(scenarios: int, replications: int = 3, **kind: Any) -> list[Shown]:
        made = []
        for number in range(scenarios):
            title = Title(en=f"Scenario {number}", zh=f"情景{number}") if number != 1 else LONG
            curves = averaged(number, replications, **kind)
            made.append(Shown(f"s{number}", title, curves, Title(en="What if?", zh="会怎样？")))
        return made

    return make


@pytest.fixture(scope="session")
def some_runs() -> Callable[..., pd.DataFrame]:
    """Makes a row per run for scenarios s0, s1 ..., each worse than the one before in every metric."""

    def make(scenarios: int, replications: int = 4) -> pd.DataFrame:
        rows = []
        for number in range(scenarios):
            for seed in range(1, replications + 1):
                luck = np.random.default_rng(seed).normal(size=len(METRICS))
                own = 0.1 * np.random.default_rng([seed, number]).normal(size=len(METRICS))
                row: dict[str, Any] = {
                    "scenario": f"s{number}",
                    "seed": seed,
                    "status": "done",
                    "fate": f"f{seed}",
                }
                for place, metric in enumerate(METRICS.values()):
                    size = {"share": 0.02, "points": 3.0}.get(metric.unit, 10.0)
                    middle = {"share": 0.6, "points": 60.0}.get(metric.unit, 100.0)
                    worse = -number if metric.better == "higher" else number
                    row[metric.name] = middle + size * (luck[place] + own[place] + worse)
                rows.append(row)
        runs = pd.DataFrame(rows)
        return runs.astype(dict.fromkeys(METRICS, "Float64"))

    return make


@pytest.fixture
def quick_figures(monkeypatch) -> None:
    """Two figures that take no time to draw stand for all of them."""
    names = (f"{name}.{language}" for name in ("informed", "satisfaction") for language in LANGUAGES)
    drawn = {f"{name}.{kind}": f"{name} as {kind}".encode() for name in names for kind in ("png", "svg")}
    monkeypatch.setattr("experiments.figures.draw_all", lambda *_: drawn)


@pytest.fixture
def unrendered(monkeypatch) -> None:
    """Figures are made but not turned into files, which takes long, for tests of something else."""

    def both(_: Any, name: str) -> dict[str, bytes]:
        return {f"{name}.png": b"png", f"{name}.svg": b"<svg/>"}

    for module in ("figures.style", "search.results"):
        monkeypatch.setattr(f"experiments.{module}.render", both)
        monkeypatch.setattr(f"experiments.{module}.render_svg", both)


@pytest.fixture(scope="session")
def made_up_worth() -> Callable[..., pd.DataFrame]:
    """Makes the table of an attribution that never was, in which two metrics are not known throughout."""

    def make(mechanisms: Iterable[str], orders: int = 8) -> pd.DataFrame:
        names = list(mechanisms)
        chance = np.random.default_rng(7)
        size = np.array([{"share": 0.1, "h": 100.0}.get(metric.unit, 3.0) for metric in METRICS.values()])
        middle = chance.normal(0.0, 1.0, (len(names), len(METRICS)))
        worth = size * (middle + 0.5 * chance.normal(0.0, 1.0, (orders, len(names), len(METRICS))))
        places = list(METRICS)
        worth[:, :, places.index("ledger.visits_kept")] = np.nan
        worth[0, :, places.index("case.close_h_p90")] = np.nan
        ends = np.zeros((orders, len(METRICS)))
        switches = {name: name in names for name in Mechanisms.model_fields}
        scenario = Scenario.model_validate({"title": "made up", "mechanisms": switches})
        asked = Asked("made_up", Variations(scenario, "made up"), 1, orders)
        return worth_table(asked, Samples(worth, ends, worth.sum(axis=1), {}))

    return make
