"""The command line: what it leaves, how it ends, what it says to wrong input."""

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numba
import pandas as pd
import pytest
from calling import gongzhi

import simulation.run
from experiments.engines import pool
from experiments.engines.kernels import load_kernels
from experiments.engines.task import do
from experiments.store import FILE
from scenarios import load
from simulation.results.metrics import METRICS

TABLES = {"notices", "reach", "cases", "timeline", "work", "visits", "satisfaction", "buildings", "grids",
          "appraisals", "categories", "warnings", "ledger", "needs",
          "projects", "council"}  # fmt: skip
FIGURES = {
    "informed",
    "closing",
    "on_time",
    "satisfaction",
    "causes",
    "projects",
    "map_satisfaction",
    "map_reach",
    "map_open",
}
SMALL = ("--days", "12", "--set", "community.households=60")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def undrawn(monkeypatch) -> None:
    """Results without figures, which take most of the time, for tests of something else."""
    monkeypatch.setattr("experiments.figures.draw_all", lambda *_: {})


@pytest.fixture(scope="module")
def one_run(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "out"
    assert gongzhi("run", "coordinated", *SMALL, "--seed", 3, "--trace", "--out", folder) == 0
    return folder


def test_list_names_every_shipped_scenario_in_both_languages(capsys):
    assert gongzhi("list") == 0
    english = capsys.readouterr().out
    assert gongzhi("list", "--language", "zh") == 0
    chinese = capsys.readouterr().out
    for name in ("coordinated", "fragmented", "district"):
        assert name in english
        assert name in chinese
    assert "微信群" in chinese
    assert "微信群" not in english


def test_language_follows_the_terminal(capsys, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert gongzhi("list") == 0
    assert "微信群" in capsys.readouterr().out


def test_new_writes_a_file_that_validates_and_is_not_overwritten(capsys):
    assert gongzhi("new", "mine.yaml") == 0
    assert gongzhi("validate", "mine.yaml") == 0
    assert "1 file valid" in capsys.readouterr().out
    assert gongzhi("new", "mine.yaml") == 2
    assert "--force" in capsys.readouterr().err
    assert gongzhi("new", "mine.yaml", "--force") == 0


def test_new_adds_the_suffix_and_takes_the_title_from_the_name(capsys):
    assert gongzhi("new", "old_estate-2030") == 0
    assert "old_estate-2030.yaml: written" in capsys.readouterr().out
    assert gongzhi("validate", "old_estate-2030.yaml") == 0
    title = load("old_estate-2030.yaml").title
    assert (title.en, title.zh) == ("Old estate 2030", "old estate 2030")
    assert gongzhi("new", "老旧小区") == 0
    assert load("老旧小区.yaml").title.zh == "老旧小区"
    assert gongzhi("new", "mine.txt") == 2
    assert "ends in .yaml" in capsys.readouterr().err
    assert not Path("mine.txt").exists()


def test_validate_tells_all_problems_of_all_files(capsys):
    Path("a.yaml").write_text("extends: coordinated\ndays: -3\nhouseholds: 4\n")
    Path("b.yaml").write_text("extends: coordinted\n")
    assert gongzhi("validate", "a.yaml", "b.yaml", "none.yaml") == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("a.yaml:2:7: days: ")
    assert lines[1].startswith("a.yaml:3:1: households: ")
    assert lines[2].startswith("b.yaml:1:10: extends: ")
    assert "coordinated" in lines[2]
    assert lines[3].startswith("none.yaml: ")
    assert len(lines) == 4


def test_schema_is_json(capsys):
    assert gongzhi("schema") == 0
    assert json.loads(capsys.readouterr().out)["properties"]["days"]["type"] == "integer"


def test_run_leaves_tables_figures_summary_provenance_and_report(one_run):
    files = {file.name for file in one_run.iterdir()}
    assert {f"{name}.parquet" for name in TABLES | {"spread"}} <= files
    for language in ("en", "zh"):
        assert {f"{name}.{language}.{kind}" for name in FIGURES for kind in ("png", "svg")} <= files
    assert {"summary.json", "provenance.json", "report.html"} <= files
    assert not [name for name in files if name.startswith(".")]
    summary = json.loads((one_run / "summary.json").read_text())
    assert summary.keys() == METRICS.keys()
    assert all(value is None or isinstance(value, int | float) for value in summary.values())
    assert len(pd.read_parquet(one_run / "timeline.parquet")) == 12


def test_a_run_is_made_again_from_its_provenance(one_run, undrawn, capsys):
    assert gongzhi("run", one_run / "provenance.json", "--out", "again", "--trace") == 0
    assert "bit for bit" in capsys.readouterr().err
    for file in one_run.glob("*.parquet"):
        assert file.read_bytes() == (Path("again") / file.name).read_bytes(), file.name
    for name in ("summary.json", "provenance.json"):
        assert (one_run / name).read_bytes() == (Path("again") / name).read_bytes(), name


def test_a_run_that_differs_from_its_record_says_so(one_run, undrawn, capsys):
    record = json.loads((one_run / "provenance.json").read_text())
    record["results"]["cases.parquet"] = "0" * 64
    Path("old").mkdir()
    Path("old/provenance.json").write_text(json.dumps(record))
    assert gongzhi("run", "old/provenance.json", "--out", "again") == 0
    assert "differs from the recorded run in: cases.parquet" in capsys.readouterr().err


def test_a_real_layout_travels_with_its_result(undrawn, capsys):
    rows = "".join(f"{120.59 + i % 6 * 0.0005},{31.3 + i // 6 * 0.0005},6,400\n" for i in range(12))
    Path("place.csv").write_text("lon,lat,floors,footprint_m2\n" + rows)
    Path("real.yaml").write_text("extends: coordinated\ndays: 5\ncommunity: {layout: place.csv}\n")
    assert gongzhi("run", "real.yaml", "--out", "real") == 0
    Path("place.csv").unlink()
    Path("real").rename("moved")
    assert gongzhi("run", "moved/provenance.json", "--out", "again") == 0
    assert "bit for bit" in capsys.readouterr().err
    assert len(pd.read_parquet("again/buildings.parquet")) == 12


def test_compare_leaves_a_row_per_run_and_the_table(monkeypatch, capsys):
    monkeypatch.setattr("experiments.figures.FIGURES", ("forest", "informed"))
    asked = ("compare", "coordinated", "fragmented", *SMALL, "--replications", 2, "--workers", 1)
    assert gongzhi(*asked, "--out", "out") == 0
    printed = capsys.readouterr().out
    assert "Informed within 72 h" in printed
    assert "±" in printed
    runs = pd.read_parquet("out/runs.parquet")
    assert list(zip(runs["scenario"], runs["seed"], strict=True)) == [
        ("coordinated", 1), ("coordinated", 2), ("fragmented", 1), ("fragmented", 2)
    ]  # fmt: skip
    assert set(METRICS) <= set(runs.columns)
    assert (runs["status"] == "done").all()
    assert runs["fate"].nunique() == 2
    table = pd.read_parquet("out/comparison.parquet")
    assert set(table["scenario"]) == {"coordinated", "fragmented"}
    assert {"forest.en.png", "report.html"} <= {file.name for file in Path("out").iterdir()}
    monkeypatch.setattr("experiments.figures.draw_all", lambda *_: {})
    assert gongzhi("compare", "out/provenance.json", "--workers", 2, "--out", "again") == 0
    assert Path("out/comparison.parquet").read_bytes() == Path("again/comparison.parquet").read_bytes()


def contents(folder: str) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in Path(folder).iterdir()}


def test_a_folder_belongs_to_one_command(one_run, undrawn, capsys):
    shutil.copytree(one_run, "out")
    before = contents("out")
    asked = ("compare", "coordinated", *SMALL, "--replications", 1, "--workers", 1, "--out")
    assert gongzhi(*asked, "out") == 2
    message = capsys.readouterr().err
    assert "out: holds the result of 'gongzhi run' (coordinated; seeds 3)" in message
    assert contents("out") == before
    assert gongzhi(*asked, "compared") == 0
    capsys.readouterr()
    assert gongzhi("run", "coordinated", *SMALL, "--out", "compared") == 2
    assert "'gongzhi compare'" in capsys.readouterr().err


@pytest.mark.slow
def test_a_later_result_replaces_an_earlier_one_whole_and_nothing_else(one_run, capsys):
    shutil.copytree(one_run, "out")
    Path("out/notes.txt").write_text("mine")
    assert gongzhi("run", "fragmented", *SMALL, "--out", "out") == 0
    assert "spread.parquet" in contents(str(one_run))
    assert "spread.parquet" not in contents("out")
    assert Path("out/notes.txt").read_text() == "mine"
    assert gongzhi("run", "out/provenance.json", "--out", "fresh") == 0
    replaced, fresh = contents("out"), contents("fresh")
    assert set(replaced) == set(fresh) | {"notes.txt"}
    for name in ("informed.zh.png", "map_reach.en.svg"):
        assert replaced[name] == fresh[name], name


def test_files_named_as_a_result_are_not_overwritten(capsys):
    Path("out").mkdir()
    Path("out/report.html").write_text("mine")
    assert gongzhi("run", "coordinated", *SMALL, "--out", "out") == 2
    assert "holds report.html" in capsys.readouterr().err
    Path("out/report.html").unlink()
    Path("out/provenance.json").write_text("{}")
    assert gongzhi("run", "coordinated", *SMALL, "--out", "out") == 2
    assert "choose another --out" in capsys.readouterr().err


def test_a_full_disk_leaves_the_earlier_result_whole(one_run, monkeypatch, capsys):
    shutil.copytree(one_run, "out")
    before, calls = contents("out"), []

    def full(_: int) -> None:
        calls.append(1)
        if len(calls) > 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert gongzhi("run", "fragmented", *SMALL, "--out", "out") == 1
    assert "No space left" in capsys.readouterr().err
    assert contents("out") == before


def test_an_interrupted_comparison_does_not_replace_a_finished_one(undrawn, monkeypatch, capsys):
    asked = ("compare", "coordinated", *SMALL, "--workers", 1, "--out", "out")
    assert gongzhi(*asked, "--replications", 2) == 0
    before = contents("out")

    def one_and_then_ctrl_c(tasks, workers):
        yield do(next(iter(tasks)))
        raise KeyboardInterrupt

    monkeypatch.setattr(pool, "do_all", one_and_then_ctrl_c)
    for place, finished in (("out-interrupted", 3), ("out-interrupted-2", 4)):
        assert gongzhi(*asked, "--replications", 5) == 130
        message = capsys.readouterr().err
        assert f"out keeps {finished} runs; the same command goes on from there" in message
        assert f"{place} holds a comparison of the {finished} runs" in message
        assert len(pd.read_parquet(f"{place}/runs.parquet")) == finished
    assert {**contents("out"), FILE: b""} == {**before, FILE: b""}


def test_a_comparison_made_again_takes_other_seeds_and_changes(undrawn, capsys):
    asked = ("compare", "coordinated", *SMALL, "--workers", 1)
    assert gongzhi(*asked, "--seed", 5, "--replications", 2, "--out", "out") == 0

    def seeds(*options: object) -> list[int]:
        assert gongzhi("compare", "out/provenance.json", "--workers", 1, *options, "--out", "again") == 0
        return pd.read_parquet("again/runs.parquet")["seed"].tolist()

    assert seeds() == [5, 6]
    assert seeds("--replications", 1) == [5]
    assert seeds("--seed", 8) == [8, 9]
    assert seeds("--set", "days=6", "--seed", 1, "--replications", 1) == [1]
    assert pd.read_parquet("again/runs.parquet")["parameters"].tolist() == [
        '{"community.households": 60, "days": 6}'
    ]
    assert gongzhi("compare", "coordinated", "out/provenance.json", "--out", "third") == 2
    assert "alone" in capsys.readouterr().err


def test_compiling_is_said_only_where_numba_compiles(monkeypatch, capsys):
    monkeypatch.setattr(simulation.run, "warm_up", lambda: time.sleep(0.1))
    load_kernels.__wrapped__()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(simulation.run, "warm_up", lambda: [numba.njit(lambda x: x + 1)(1) for _ in range(2)])
    load_kernels.__wrapped__()
    assert capsys.readouterr().err.count("Compiling") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "coordinatd"), "did you mean 'coordinated'"),
        (("run", "none.yaml"), "none.yaml"),
        (("run", "coordinated", "--days", "0"), "days"),
        (("run", "coordinated", "--set", "community.household=3"), "households"),
        (("run", "coordinated", "--set", "nonsense"), "path=value"),
        (("run", "district", "--set", "community.communities=9000"), "limits.resident_days"),
        (("run", "coordinated", "--seed", "-1"), "--seed"),
        (
            (
                "run",
                "coordinated",
                "--out",
                "many",
                "--set",
                "notices.per_year=400",
                "--set",
                "notices.follow=2160h",
            ),
            "notices.per_year",
        ),
        (("compare", "--replications", "0"), "--replications"),
        (("compare", "coordinated", "./coordinated.yaml"), "coordinated"),
        (("run", "provenance.json"), "provenance.json: cannot be read"),
        (("calibrate", "none.csv"), "none.csv"),
        (("frobnicate",), "frobnicate"),
    ],
)
def test_bad_input_ends_with_two_and_one_clear_message(arguments, says, capsys):
    Path("coordinated.yaml").write_text("extends: coordinated\n")
    assert gongzhi(*arguments) == 2
    message = capsys.readouterr().err
    assert says in message
    assert "Traceback" not in message
    assert not Path("results").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "no JSON"),
        ("[1]", "no provenance"),
        ('{"format": 1, "kind": "compare"}', "'compare'"),
        ('{"format": 1, "kind": "run", "scenarios": {}, "seeds": [1]}', "there is none"),
        ('{"format": 1, "kind": "run", "scenarios": {"x": {"days": "3"}}, "seeds": [1]}', "days"),
        ('{"format": 1, "kind": "run", "scenarios": {"x": 5}, "seeds": [1]}', "x"),
        ('{"format": 1, "kind": "run", "scenarios": {"x": {}}, "seeds": [-1]}', "seeds"),
        ('{"format": 1, "kind": "run", "scenarios": {"../../x": {}}, "seeds": [1]}', "name"),
    ],
)
def test_a_broken_provenance_gets_one_message(text, says, capsys):
    Path("provenance.json").write_text(text)
    assert gongzhi("run", "provenance.json") == 2
    assert says in capsys.readouterr().err


def test_a_result_folder_that_is_a_file_is_refused_before_the_run(capsys):
    Path("taken").write_text("x")
    assert gongzhi("run", "coordinated", "--out", "taken") == 2
    assert "taken" in capsys.readouterr().err
    Path("folder").mkdir()
    assert gongzhi("run", "coordinated", "--out", "taken/deeper") in (1, 2)
    assert "taken" in capsys.readouterr().err


def test_a_full_disk_is_told_in_one_line(monkeypatch, capsys):
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert gongzhi("run", "coordinated", *SMALL, "--out", "out") == 1
    message = capsys.readouterr().err
    assert "No space left on device" in message
    assert "Traceback" not in message
    assert not list(Path("out").iterdir()), "a half-written file was left"


def test_help_imports_nothing_heavy():
    code = "import sys; from experiments.command_line import main\ntry: main(['run', '--help'])\nfinally: "
    code += "print(sorted({'mesa', 'numba', 'pandas', 'scipy', 'matplotlib'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stdout.strip().endswith("[]")
