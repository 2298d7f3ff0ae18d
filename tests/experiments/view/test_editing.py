"""Editing in the page: what is said of a text, what applying it shows, how much one visitor may ask for."""

from pathlib import Path
from typing import Any

import pytest

from experiments.view.film import Films
from experiments.view.rooms import ROOMS
from experiments.view.session import Session
from scenarios import dump, load
from scenarios.loading import FOLDER
from scenarios.reading import MOST_BYTES

SMALL = "extends: coordinated\ncommunity: {households: 60}\ndays: 12\n"


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.chdir(tmp_path)
    session = Session(Films(), ROOMS)
    session.show([("coordinated", load("coordinated")), ("fragmented", load("fragmented"))], 1)
    return session


def ask(session: Session, do: str, **more: Any) -> dict[str, Any]:
    """What the page is answered."""
    session.act({"do": do, "side": 0} | more)
    reply: dict[str, Any] = session.state()["yaml"]["reply"]
    return reply


def test_a_shipped_scenario_is_shown_with_its_comments(session: Session) -> None:
    assert ask(session, "yaml_text")["text"] == (FOLDER / "coordinated.yaml").read_text(encoding="utf-8")
    assert ask(session, "yaml_text", side=1)["text"] == (FOLDER / "fragmented.yaml").read_text("utf-8")


def test_another_scenario_is_shown_in_full(session: Session) -> None:
    mine = load("coordinated", {"days": 30})
    session.show([("coordinated", mine)], 1)
    assert ask(session, "yaml_text")["text"] == dump(mine)
    assert ask(session, "yaml_check", text=dump(mine))["problems"] == []


def test_mistakes_are_told_with_line_path_value_and_rule(session: Session) -> None:
    reply = ask(session, "yaml_check", text="days: 0\ncommunty: {}\nnotices:\n  per_year: many\n", turn=7)
    assert reply["turn"] == 7
    assert [(one["line"], one["path"]) for one in reply["problems"]] == [
        (1, "days"), (2, "communty"), (4, "notices.per_year"),
    ]  # fmt: skip
    assert "0 is" in reply["problems"][0]["message"]["en"]
    assert "0太小：请填" in reply["problems"][0]["message"]["zh"]
    assert "did you mean 'community'" in reply["problems"][1]["message"]["en"]
    assert session.problem is None
    assert [side.name for side in session.sides] == ["coordinated", "fragmented"]


def test_a_mistake_in_an_extended_file_says_which_and_has_no_line_here(session: Session) -> None:
    Path("below.yaml").write_text("days: 0\n")
    (problem,) = ask(session, "yaml_check", text="extends: below.yaml\n")["problems"]
    assert problem["line"] is None
    assert problem["message"]["en"].startswith("below.yaml:1:7: days: ")
    assert problem["message"]["zh"].startswith("below.yaml:1:7: days: ")


def test_a_right_text_says_how_large_it_is(session: Session) -> None:
    reply = ask(session, "yaml_check", text=SMALL)
    assert reply["problems"] == []
    assert reply["cost"] == {"residents": 157, "days": 12}


def test_applying_shows_the_text_and_keeps_it(session: Session) -> None:
    assert ask(session, "yaml_apply", text=SMALL)["problems"] == []
    assert [side.name for side in session.sides] == ["coordinated-edited", "fragmented"]
    assert session.sides[0].scenario.days == 12
    assert session.state()["sides"][0]["label"] == {
        "en": "coordinated (edited)",
        "zh": "coordinated（已修改）",
    }
    assert ask(session, "yaml_text")["text"] == SMALL
    ask(session, "yaml_apply", text=SMALL + "start: 2025-03-01\n")
    assert session.sides[0].name == "coordinated-edited"
    assert ask(session, "yaml_revert")["text"] == (FOLDER / "coordinated.yaml").read_text(encoding="utf-8")
    assert session.sides[0].scenario == load("coordinated")


def test_a_wrong_text_changes_nothing_that_is_shown(session: Session) -> None:
    before = session.state()["sides"]
    assert ask(session, "yaml_apply", text="days: 0")["problems"]
    assert session.state()["sides"] == before


def test_a_text_that_says_the_same_is_no_change(session: Session) -> None:
    key = session.sides[0].key
    ask(session, "yaml_apply", text="# only a comment\n" + (FOLDER / "coordinated.yaml").read_text("utf-8"))
    assert (session.sides[0].name, session.sides[0].key) == ("coordinated", key)


def test_two_sides_never_share_a_name(session: Session) -> None:
    session.show([("coordinated", load("coordinated"))] * 2, 1)
    ask(session, "yaml_apply", text=SMALL)
    ask(session, "yaml_apply", text=SMALL + "start: 2025-03-01\n", side=1)
    assert [side.name for side in session.sides] == ["coordinated-edited", "coordinated-edited-2"]
    assert ask(session, "yaml_text", side=1)["text"].endswith("03-01\n")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("hilltop", "hilltop"),
        ("山顶社区", "山顶社区"),
        ("fragmented", "fragmented-edited"),
        ("../../etc/x", "coordinated-edited"),
        ("a" * 41, "coordinated-edited"),
        (3, "coordinated-edited"),
    ],
)
def test_a_file_that_was_opened_gives_its_name(session: Session, file: Any, name: str) -> None:
    ask(session, "yaml_apply", text=SMALL, file=file)
    assert session.sides[0].name == name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "community: {communities: 200, households: 5000}\ndays: 5\nlimits: {resident_days: 1.0e+12}",
            "300,000",
        ),
        ("community: {households: 50000}\ndays: 3000\nlimits: {resident_days: 1.0e+12}", "50,000,000"),
        ("extends: district\ndays: 364", "300,000"),
    ],
)
def test_one_visitor_gets_a_share_of_the_server_whatever_the_text_allows(
    session: Session, text: str, said: str
) -> None:
    (problem,) = ask(session, "yaml_apply", text=text)["problems"]
    assert said in problem["message"]["en"]
    assert said in problem["message"]["zh"]
    assert session.sides[0].name == "coordinated"


def test_the_scenarios_own_limit_holds_too(session: Session) -> None:
    (problem,) = ask(session, "yaml_check", text="limits: {resident_days: 1000}")["problems"]
    assert "this run is too large" in problem["message"]["en"]
    assert "这次模拟太大" in problem["message"]["zh"]


def test_what_was_shown_already_may_be_as_large_as_it_is(session: Session) -> None:
    session.show([("district", load("district"))], 1)
    assert ask(session, "yaml_check", text=ask(session, "yaml_text")["text"])["problems"] == []


def test_a_text_reads_no_file_outside_the_folder(session: Session, tmp_path: Path) -> None:
    for text in ("extends: ../../etc/passwd", "community: {layout: /etc/passwd}"):
        (problem,) = ask(session, "yaml_check", text=text)["problems"]
        assert "lies outside the folder" in problem["message"]["en"]
    Path("link.csv").symlink_to("/etc/passwd")
    (problem,) = ask(session, "yaml_check", text="community: {layout: link.csv}")["problems"]
    assert "在启动时所在文件夹之外" in problem["message"]["zh"]


@pytest.mark.parametrize(
    "action",
    [
        {"do": "yaml_text", "side": 2},
        {"do": "yaml_text", "side": -1},
        {"do": "yaml_text", "side": True},
        {"do": "yaml_text"},
        {"do": "yaml_check", "side": 0},
        {"do": "yaml_check", "side": 0, "text": ["days: 3"]},
        {"do": "yaml_apply", "side": 0, "text": None},
        {"do": "yaml_revert", "side": "0"},
    ],
)
def test_nonsense_from_a_page_is_a_problem_and_no_more(session: Session, action: dict[str, Any]) -> None:
    before = session.state()["sides"]
    session.act(action)
    assert session.problem
    assert session.state()["sides"] == before


@pytest.mark.parametrize(
    "text", ["x" * (MOST_BYTES + 1), "\ud800", "a: &b [*b]", "[" * 5000, "", "\0", "---\n---\n", "- 1"]
)
def test_no_text_breaks_the_session(session: Session, text: str) -> None:
    assert ask(session, "yaml_check", text=text)["problems"]
    assert session.problem is None
