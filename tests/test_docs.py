"""The documents say what the code does: their commands, names, tables and examples are held against it."""

import contextlib
import io
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from calling import compared

from experiments.command_line import gongzhi, main
from experiments.engines.pool import cores
from experiments.findings import cells
from scenarios import DEFAULT_COMPARISON, SHIPPED, load
from scenarios.fields import key_at
from scenarios.schema import Mechanisms, Scenario
from simulation.results.metrics import METRICS

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh.md")
DOCUMENTS = (
    *READMES,
    "CHANGELOG.md",
    *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))),
)

COMPARE = "python3 -m pip install uv && python3 -m uv run --no-dev gongzhi compare"
TEST = 'python3 -m pip install --quiet uv && python3 -m uv run --locked pytest -n auto -m "not slow"'

SECTIONS = {
    "commands": ("## Commands", "## 命令"),
    "scenarios": ("## Scenarios", "## 情景"),
    "switches": ("## Switches", "## 开关"),
    "metrics": ("## Metrics", "## 指标"),
    "dependencies": ("## What it stands on", "## 依赖"),
}
"""Headings of the sections that a test reads, by README."""


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, topic: str) -> str:
    """The text below a heading, up to the next one of its rank."""
    heading = SECTIONS[topic][READMES.index(name)]
    found = re.search(rf"^{heading}$\n(.*?)(?=^## |\Z)", text_of(name), re.MULTILINE | re.DOTALL)
    assert found, f"{name} has no '{heading}'"
    return found[1]


def first_cells(text: str) -> list[str]:
    """What stands between the first backticks of each row of the tables in a text."""
    return re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)


class Block(NamedTuple):
    """A fenced block: its language, the word behind it, and what it holds."""

    language: str
    label: str
    text: str


def blocks(name: str) -> list[Block]:
    fence = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [Block(found[1], found[2] or "", found[3]) for found in fence.finditer(text_of(name))]


# What a machine reads ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", READMES)
def test_both_commands_stand_in_the_readme_and_the_second_is_what_is_checked(name):
    lines = [line for block in blocks(name) for line in block.text.splitlines()]
    assert COMPARE in lines
    assert TEST in lines
    assert TEST in text_of(".ci/run").splitlines()


def test_readmes_link_to_each_other_at_the_top():
    assert "(README.zh.md)" in text_of("README.md").splitlines()[2]
    assert "(README.md)" in text_of("README.zh.md").splitlines()[2]


@pytest.mark.parametrize("name", READMES)
def test_every_dependency_is_named_with_what_it_is_for(name):
    project = tomllib.loads(text_of("pyproject.toml"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=~!; ]", requirement)[0] for requirement in wanted}
    assert set(first_cells(section(name, "dependencies"))) == names


@pytest.mark.parametrize("name", READMES)
def test_commands_scenarios_switches_and_metrics_are_those_of_the_code(name):
    commands = [cell.split()[1] for cell in first_cells(section(name, "commands"))]
    assert sorted(commands) == sorted(gongzhi.commands)
    assert tuple(first_cells(section(name, "scenarios"))) == SHIPPED
    assert set(first_cells(section(name, "switches"))) == set(Mechanisms.model_fields)
    assert first_cells(section(name, "metrics")) == list(METRICS)


@pytest.mark.parametrize("name", READMES)
def test_units_of_metrics_are_those_of_the_code(name):
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+?) \|", section(name, "metrics"), re.MULTILINE)
    assert dict(rows) == {metric.name: metric.unit for metric in METRICS.values()}


def test_options_named_in_the_commands_table_exist():
    known = {
        (command, option)
        for command, parsed in gongzhi.commands.items()
        for parameter in parsed.params
        for option in parameter.opts
    }
    for name in READMES:
        for cell in first_cells(section(name, "commands")):
            for option in re.findall(r"--[a-z-]+", cell):
                assert (cell.split()[1], option) in known, f"{name}: {cell}: {option}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_to_files_of_the_repository_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text_of(name)):
        if not target.startswith(("http:", "https:")):
            assert (ROOT / name).parent.joinpath(target).exists(), f"{name} links to {target}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_keys_and_metrics_that_a_document_names_exist(name):
    for word in set(re.findall(r"`([^`\s]+)`", text_of(name))):
        first = word.split(".")[0]
        if re.fullmatch(r"(scenarios|agents|simulation|experiments|tests|docs|\.ci)/[\w/.]+", word):
            assert (ROOT / word).exists(), f"{name} names {word}"
        elif re.fullmatch(r"(notice|case|effort|waste)\.\w+", word):
            assert word in METRICS, f"{name} names {word}"
        elif re.fullmatch(r"[a-z_]+(\.[a-z_*]+)+", word) and first in Scenario.model_fields:
            path = tuple(word.replace("categories.*", "categories.x").split("."))
            assert word in METRICS or key_at(path, {})[1] is not None, f"{name} names {word}"


def test_the_elements_and_concepts_of_odd_are_there_by_name():
    text = text_of("docs/odd.md")
    elements = (
        *("Purpose and patterns", "Entities, state variables and scales", "Process overview and scheduling"),
        *("Design concepts", "Initialization", "Input data", "Submodels"),
    )
    places = [text.index(f"\n## {number}. {title}\n") for number, title in enumerate(elements, 1)]
    assert places == sorted(places)
    concepts = (
        *("Basic principles", "Emergence", "Adaptation", "Objectives", "Learning", "Prediction", "Sensing"),
        *("Interaction", "Stochasticity", "Collectives", "Observation"),
    )
    assert re.findall(r"^\*\*([A-Z][a-z ]+)\.\*\*", text[places[3] : places[4]], re.MULTILINE) == list(
        concepts
    )


def test_the_version_has_its_entry_in_the_changelog():
    version = tomllib.loads(text_of("pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## \[{re.escape(version)}\]", text_of("CHANGELOG.md"), re.MULTILINE)


# Results -------------------------------------------------------------------------------------------------

IN_README = (
    *("notice.reach_72h", "notice.reach_72h_vulnerable", "case.found_share", "case.dispatched_within_1h"),
    *("case.on_time", "satisfaction.mean", "effort.hours_per_household"),
)
"""The metrics of the table in the README, in its order."""


@pytest.mark.slow
def test_the_table_in_the_readme_is_that_of_the_default_comparison(tmp_path):
    """Where this fails, results have changed: figures and numbers in the other documents need a look too."""
    scenarios = {name: load(name) for name in DEFAULT_COMPARISON}
    table = compared(tmp_path, scenarios, range(1, 21), cores()).table
    found = cells(table)
    expected = [[cell.value_text for cell in found[metric]] for metric in IN_README]
    for name in READMES:
        rows = re.findall(r"^\| [^|`]+ \|((?: [\d.]+ ± [\d.]+ \|)+)$", text_of(name), re.MULTILINE)
        shown = [[cell.strip() for cell in row.strip(" |").split("|")] for row in rows]
        assert shown == expected, "the table should have:\n" + "\n".join(map(" | ".join, expected))


# Examples ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", READMES)
def test_python_of_the_readme_runs(name):
    code = [block.text for block in blocks(name) if block.language == "python"]
    assert code
    for text in code:
        names: dict[str, Any] = {}
        exec(compile(text, name, "exec"), names)  # noqa: S102 - the page's own code is what is tested
        assert list(names["model"].summary()) == list(METRICS)
        assert names["model"].time == 24 * 30


class Reader:
    """Somebody who follows a tutorial: saves its files, types its commands, runs its code."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.errors = ""

    def follow(self, block: Block) -> str:
        """Do what a block says, and return what is printed."""
        if block.language == "yaml" and block.label:
            Path(block.label).write_text(block.text, encoding="utf-8")
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            if block.language == "python":
                exec(compile(block.text, "tutorial", "exec"), self.names)  # noqa: S102 - as above
            elif block.language == "bash":
                for line in block.text.splitlines():
                    if line.startswith("gongzhi "):
                        self.type(line)
        self.errors += err.getvalue()
        return out.getvalue()

    def type(self, line: str) -> None:
        """Type one command; files called broken are refused, all else works."""
        code = 0
        try:
            main(shlex.split(line)[1:])
        except SystemExit as ended:
            code = int(ended.code or 0)
        assert code == (2 if "broken" in line else 0), line


@pytest.mark.slow
def test_tutorial_works_from_top_to_bottom_and_prints_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C.UTF-8")
    reader, printed, wrong = Reader(), "", []
    for block in blocks("docs/tutorial.md"):
        if (block.language, block.label) != ("text", "printed"):
            printed = reader.follow(block)
        elif block.text != printed:
            wrong.append(printed)
    assert not wrong, "the tutorial should say:\n" + "\n".join(wrong)
    assert "the same as recorded, bit for bit" in reader.errors
    for left in ("results/tired/report.html", "from_log.yaml", "from_log.fit.csv", "two_curves.png"):
        assert Path(left).stat().st_size > 0
