# ruff: noqa: E501 - a wrong file and what is said of it stand on one line
"""What a search leaves: figure, report, tables and their description; and what is said to a wrong file."""

import hashlib
import io
import json
import re
import sys

import pandas as pd
import pyarrow.parquet as pq
import pytest
from rich.cells import cell_len
from rich.console import Console
from searching import MADE_UP, SHARES, bytes_of

from experiments.command_line import main
from experiments.dictionary import tables
from experiments.figures.front import front_figure
from experiments.figures.style import NARROW
from experiments.findings import with_half
from experiments.messages import LANGUAGES
from experiments.search.printing import print_front

REAL = """
set: {days: 8, community.households: 50}
factors:
  patrol.full_time_workers: [0, 1]
  minutes.branch: {low: 30 min, high: 4 h}
  staffing: {full: {}, no hub: {mechanisms.hub: false}}
outcomes: {satisfaction.mean: , effort.hours_per_household: min}
replications: 2
trials: 8
population: 4
"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figure_has_a_panel_for_each_pair_and_three_outcomes_give_three(whole, language):
    _, plan, *read = whole
    trials, front = (table.copy() for table in read)
    assert len(front_figure(trials, front, plan.outcomes, language).axes) == 1
    for table in (trials, front):
        for column in [name for name in table if name.startswith("effort.hours.")]:
            table[column.replace("effort.hours", "waste.hours")] = table[column]
    three = front_figure(trials, front, {**plan.outcomes, "waste.hours": "min"}, language)
    assert len(three.axes) == 3
    small = front_figure(trials, front, {**plan.outcomes, "waste.hours": "min"}, language, narrow=True)
    assert len({panel.get_position().x0 for panel in small.axes}) == 1
    assert small.get_figwidth() == NARROW
    marked = [line for line in three.axes[0].lines if line.get_marker() == "D"]
    assert [(float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in marked] == [(0.0, 0.0)]


def test_the_report_shows_the_front_with_what_each_setting_brings_and_costs(whole):
    folder, plan, _, front = whole
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    for text in ("report of a search", "搜索报告", "Sought: Satisfaction, mean", "自动化程度", "Automation"):
        assert text in page
    shown = page.split('<h2 id="numbers">')[1].split("</section>")[0]
    assert shown.count('<th scope="row">') == len(front)
    one = front.iloc[1]
    for outcome in plan.outcomes:
        mean, diff = one[f"{outcome}.mean"], one[f"{outcome}.diff"]
        assert with_half(outcome, mean, one[f"{outcome}.high"] - mean) in shown
        assert with_half(outcome, diff, one[f"{outcome}.diff_high"] - diff, signed=True) in shown
    assert page.count("<source media=") == len(LANGUAGES)
    assert not re.search(r'(?:src|srcset|href)="(?!data:)', page)
    assert f"gongzhi optimise {folder}/out/search.yaml" in page


def test_columns_are_those_of_the_dictionary(whole):
    _, plan, trials, front = whole
    for name, table in (("trials", trials), ("front", front)):
        asked = {}
        for column in tables()[name].columns:
            places = {"{factor}": SHARES, "{outcome}": tuple(plan.outcomes)}
            place = next((each for each in places if each in column.name), "")
            for each in places.get(place, ("",)):
                asked[column.name.replace(place, each) if place else column.name] = column
        assert set(asked) == set(table.columns)
        for each, column in asked.items():
            assert column.nullable or not table[each].isna().any(), each
            assert not column.words or set(table[each]) == set(column.words)
        types = pq.read_schema(whole[0] / "out" / f"{name}.parquet")
        written = {
            str(types.field(each).type): column.type
            for each, column in asked.items()
            if "{f" not in column.name
        }
        assert written.items() <= {
            ("int64", "int64"),
            ("int64", "Int64"),
            ("string", "string"),
            ("double", "float64"),
            ("bool", "bool"),
            ("bool", "boolean"),
        }


# Files ----------------------------------------------------------------------------------------------------


def test_the_folder_describes_its_files_and_their_columns(whole):
    folder = whole[0] / "out"
    graph = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    names = {entity.get("name") for entity in graph}
    files = {entity["@id"]: entity for entity in graph if entity["@type"] == "File"}
    assert {"trials.parquet", "front.parquet", "runs.parquet", "search.yaml", "front.zh.svg"} <= files.keys()
    for table in ("trials", "front", "runs"):
        assert (
            files[f"{table}.parquet"]["sha256"]
            == hashlib.sha256((folder / f"{table}.parquet").read_bytes()).hexdigest()
        )
        assert set(pd.read_parquet(folder / f"{table}.parquet").columns) <= names, table


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("effort.hours: min", "effort.hour: min", "8:49: outcomes.effort.hour: no metric is called 'effort.hour'; did you mean 'effort.hours'?"),
        ("effort.hours: min", "effort.hours: ", "outcomes.effort.hours: more of effort.hours is neither better nor worse of itself: give max or min"),
        (", effort.hours: min", "", "outcomes: "),
        ("effort.hours: min", "effort.hours: least", "is not allowed"),
        ("population: 12", "population: 61", "population: 61 in a generation is more than the 60 trials"),
        ("digital.automation: {low: 0, high: 1}", "trial: {a: {}}", "factors.trial: 'trial' is a column of the results: choose another name"),
        ("digital.automation: {low: 0, high: 1}", "digital.automation: {low: 0, high: 2}", "digital.automation"),
        ("seed: 7", "seed: 7\ndesign: {kind: grid}", "there is no key 'design' here"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_place(tmp_path, capsys, old, new, said):
    assert old in MADE_UP
    (tmp_path / "asked.yaml").write_text(MADE_UP.replace(old, new), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["optimise", str(tmp_path / "asked.yaml"), "--out", str(tmp_path / "out")])
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert f"{tmp_path / 'asked.yaml'}:" in error
    assert said in error
    assert not (tmp_path / "out").exists()


def test_without_optuna_it_is_said_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    (tmp_path / "asked.yaml").write_text(MADE_UP, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["optimise", str(tmp_path / "asked.yaml"), "--out", str(tmp_path / "out")])
    assert ended.value.code == 2
    assert "pip install 'gongzhi[optimise]'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# From the command line ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_real_search_gives_the_same_again_with_any_number_of_workers(tmp_path, capsys):
    (tmp_path / "asked.yaml").write_text(REAL, encoding="utf-8")
    main(["optimise", str(tmp_path / "asked.yaml"), "--out", str(tmp_path / "one" / "out"), "--workers", "1"])
    out = capsys.readouterr().out
    assert "trial" in out
    folder = tmp_path / "one" / "out"
    assert f"{folder}/front.parquet: " in out
    main(["optimise", str(folder / "search.yaml"), "--out", str(tmp_path / "two" / "out"), "--workers", "2"])
    assert bytes_of(tmp_path / "two") == bytes_of(tmp_path / "one")
    capsys.readouterr()
    main(
        ["optimise", str(tmp_path / "asked.yaml"), "--out", str(folder), "--workers", "1", "--language", "zh"]
    )
    again = capsys.readouterr()
    assert "runs are there already" in again.err
    assert "试验" in again.out
    front = pd.read_parquet(folder / "front.parquet")
    best = sorted(file.name for file in (folder / "front").iterdir())
    assert best == sorted(f"trial-{number}.yaml" for number in front["trial"].iloc[1:])
    main(["validate", *(str(folder / "front" / name) for name in best)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_is_cut_off_in_a_narrow_terminal(whole, language):
    _, plan, _, front = whole
    console = Console(width=80, file=io.StringIO())
    print_front(front, plan.outcomes, plan.factors, language, console)
    printed = console.file.getvalue()
    assert max(map(cell_len, printed.splitlines())) <= 80
    assert printed.count("±") == len(front) * len(plan.outcomes) + 1  # and once in the note below
    assert len(re.findall(r"\(−?[\d.,]+\)", printed)) == len(front) * len(plan.outcomes)
