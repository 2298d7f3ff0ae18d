"""A text from the network is loaded as a file is, but reaches no file that its sender may not read."""

import os
from pathlib import Path

import pytest

from scenarios import ScenarioError, dump, from_text, load
from scenarios.loading import FOLDER, SHIPPED

LAYOUT = "x_m,y_m,floors,footprint_m2\n0,0,6,500\n40,0,6,500\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder, with a secret beside it."""
    (tmp_path / "secret.yaml").write_text("days: 3\n")
    (tmp_path / "secret.csv").write_text(LAYOUT)
    inside = tmp_path / "work"
    (inside / ".hidden").mkdir(parents=True)
    (inside / ".hidden" / "mine.yaml").write_text("days: 3\n")
    (inside / "mine.yaml").write_text("extends: fragmented\ndays: 30\n")
    (inside / "leads_out.yaml").write_text("extends: ../secret.yaml\n")
    (inside / "looks_out.yaml").write_text("community: {layout: ../secret.csv}\n")
    (inside / "houses.csv").write_text(LAYOUT)
    (inside / "notes.txt").write_text("days: 3\n")
    (inside / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (inside / "link.csv").symlink_to(tmp_path / "secret.csv")
    (inside / "away").symlink_to(tmp_path)
    (inside / "loop.csv").symlink_to(inside / "loop.csv")
    return inside


@pytest.mark.parametrize("name", SHIPPED)
def test_a_text_says_what_its_file_says(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    assert from_text(text, name, Path.cwd()) == load(name)
    assert from_text(dump(load(name)), name, Path.cwd()) == load(name)


def test_a_text_may_use_what_lies_in_the_folder(folder: Path) -> None:
    asked = from_text("extends: mine.yaml\ncommunity: {layout: houses.csv}\n", "my.yaml", folder)
    assert asked.days == 30
    assert asked.community.layout == str(folder / "houses.csv")
    assert asked.title == "my"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("extends: ../secret.yaml", "1:10: extends: '../secret.yaml' lies outside"),
        ("extends: ../../../../../../../../etc/passwd", "etc/passwd' lies outside"),
        ("extends: /etc/passwd", "extends: '/etc/passwd' lies outside"),
        ("extends: link.yaml", "extends: 'link.yaml' lies outside"),
        ("extends: away/secret.yaml", "extends: 'away/secret.yaml' lies outside"),
        ("extends: leads_out.yaml", "leads_out.yaml:1:10: extends: '../secret.yaml' lies outside"),
        ("extends: looks_out.yaml", "looks_out.yaml:1:21: community.layout: '../secret.csv' lies outside"),
        ("extends: .hidden/mine.yaml", "extends: '.hidden/mine.yaml' is hidden"),
        ("extends: ./notes.txt", "extends: 'notes.txt' does not end with .json, .yaml, .yml"),
        (f"extends: {'a' * 300}.yaml", "extends: there is no file"),
        ("community: {layout: ../secret.csv}", "1:21: community.layout: '../secret.csv' lies outside"),
        ("community: {layout: /etc/passwd}", "community.layout: '/etc/passwd' lies outside"),
        ("community: {layout: /no/such/file}", "community.layout: '/no/such/file' lies outside"),
        ("community: {layout: link.csv}", "community.layout: 'link.csv' lies outside"),
        ("community: {layout: away/secret.csv}", "community.layout: 'away/secret.csv' lies outside"),
        ("community: {layout: loop.csv}", "community.layout: there is no file"),
        (f"community: {{layout: {'a' * 300}}}", "community.layout: there is no file"),
        ("days: \ud800", "is not UTF-8"),
        ("# " + "x" * 200_000, "larger than the 200,000 bytes"),
        ("a: " + "[" * 30 + "]" * 30, "deep"),
    ],
)  # fmt: skip
def test_a_text_reaches_nothing_else(folder: Path, text: str, said: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        from_text(text, "my.yaml", folder)
    assert said in str(raised.value)


def test_other_problems_are_found_beside_a_layout_that_may_not_be_used(folder: Path) -> None:
    with pytest.raises(ScenarioError) as raised:
        from_text("days: many\ncommunity: {layout: ../secret.csv, hauses: 3}\n", "my.yaml", folder)
    assert [problem.path for problem in raised.value.problems] == [
        "days", "community.layout", "community.hauses",
    ]  # fmt: skip


def test_a_layout_that_is_trusted_may_lie_elsewhere(folder: Path) -> None:
    layout = os.path.abspath(folder / ".." / "secret.csv")
    text = f"community: {{layout: {layout}}}\n"
    assert from_text(text, "my.yaml", folder, {layout}).community.layout == layout
