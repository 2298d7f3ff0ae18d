"""Editing and saving in a real browser: mistakes at their lines, by keyboard alone, files in and out."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Dialog, Page, expect

pytestmark = pytest.mark.slow
Open = Callable[..., Page]
SMALL = "extends: coordinated\ndays: 20\ncommunity:\n  households: 60\n"


def editing(visit: Open, address: str, **more: object) -> Page:
    """A page with the editor open and its text checked."""
    page = visit(address, **more)
    page.locator(".gz-open-yaml").click()
    page.wait_for_function("() => document.querySelector('.gz-yaml-status')?.textContent !== ''")
    return page


def write(page: Page, text: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def test_a_mistake_stands_at_its_line_and_one_gets_there(visit: Open, address: str) -> None:
    page = editing(visit, address)
    write(page, "extends: coordinated\n\ndays: many\ncommunty: {}\n")
    mistakes = page.locator(".gz-yaml-problems button")
    expect(mistakes).to_have_count(2)
    expect(mistakes.nth(0)).to_contain_text("Line 3 · days: ")
    expect(mistakes.nth(1)).to_contain_text("did you mean 'community'")
    expect(page.locator(".cm-lint-marker-error")).to_have_count(2)
    page.keyboard.press("Control+Home")
    mistakes.nth(1).click()
    expect(page.locator(".cm-activeLine")).to_have_text("communty: {}")
    assert page.evaluate("document.activeElement.closest('.cm-editor') !== null")
    page.keyboard.press("Control+s")
    expect(mistakes).to_have_count(2)
    assert page.locator(".gz-side h2").first.inner_text() == "A Coordinated"


def test_what_was_not_applied_is_there_when_one_comes_back_to_its_side(visit: Open, address: str) -> None:
    page = editing(visit, address)
    write(page, SMALL)
    page.locator(".gz-yaml-side").select_option("1")
    page.wait_for_function("() => window.gz.drawer.open.editor.text.includes('Fragmented')")
    page.locator(".gz-yaml-side").select_option("0")
    page.wait_for_function("text => window.gz.drawer.open.editor.text === text", arg=SMALL)
    page.locator(".gz-yaml-side").select_option("1")
    page.wait_for_function("() => window.gz.drawer.open.editor.text.includes('Fragmented')")


def test_keys_are_completed_and_explained(visit: Open, address: str) -> None:
    page = editing(visit, address)
    write(page, "community:\n  ")
    page.keyboard.type("househ")
    expect(page.locator(".cm-tooltip-autocomplete li").first).to_have_text("households")
    page.wait_for_timeout(150)  # CodeMirror takes no Enter for a list that has only just come up
    page.keyboard.press("Enter")
    page.keyboard.type("60")
    expect(page.locator(".cm-activeLine")).to_have_text("  households: 60")
    expect(page.locator(".gz-yaml-meaning")).to_contain_text("community.households: How many households live")
    expect(page.locator(".gz-yaml-problems button")).to_have_count(0)


def test_the_keyboard_is_enough_and_is_let_go_again(visit: Open, address: str) -> None:
    page = visit(address)
    page.locator(".gz-open-yaml").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.gz-yaml-status')?.textContent !== ''")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('cm-content')"):
            break
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(SMALL)
    page.keyboard.press("Control+s")
    page.wait_for_function(
        "() => document.querySelector('.gz-side h2').textContent === 'A coordinated (edited)'"
    )
    expect(page.locator(".gz-yaml-status")).to_have_text("Applied: the map shows it now.")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.classList.contains('gz-yaml-revert')")
    assert page.locator(".gz-drawer").is_visible()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.gz-side h2').textContent === 'A Coordinated'")


def test_a_file_is_opened_and_the_text_downloaded(visit: Open, address: str, tmp_path: Path) -> None:
    page = editing(visit, address, language="zh-CN")
    (tmp_path / "山顶 1.yaml").write_text(SMALL, encoding="utf-8")
    page.locator(".gz-yaml-file").set_input_files(tmp_path / "山顶 1.yaml")
    expect(page.locator(".gz-yaml-status")).to_have_text("没有错误：157位居民，20天。")
    with page.expect_download() as got:
        page.locator(".gz-yaml-download").click()
    assert got.value.suggested_filename == "山顶_1.yaml"
    assert Path(got.value.path()).read_text(encoding="utf-8") == SMALL
    page.locator(".gz-yaml-apply").click()
    page.wait_for_function("() => document.querySelector('.gz-side h2').textContent === 'A 山顶_1'")
    (tmp_path / "huge.yaml").write_text("#" * 200_001, encoding="utf-8")
    page.locator(".gz-yaml-file").set_input_files(tmp_path / "huge.yaml")
    expect(page.locator(".gz-yaml-problems")).to_contain_text("200kB")
    assert page.locator(".cm-line").first.inner_text() == "extends: coordinated"


def test_a_phone_shows_the_editor_whole(visit: Open, address: str) -> None:
    page = editing(visit, address, width=390, height=844)
    box = page.locator(".gz-yaml-box").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_the_picture_shows_what_the_page_shows(visit: Open, address: str, width: int, height: int) -> None:
    page = visit(address, width=width, height=height)
    page.wait_for_function("() => document.querySelectorAll('.gz-chart canvas').length === 5")
    page.locator(".gz-open-save").click()
    stage = page.locator(".gz-stage").bounding_box()
    assert stage is not None
    with page.expect_download() as got:
        page.locator(".gz-save-picture").click()
    picture = Image.open(BytesIO(Path(got.value.path()).read_bytes())).convert("L")
    assert picture.width == 2 * (round(stage["width"]) + 28)
    bands = range(0, picture.height - 120, 120)
    darkest = [picture.crop((0, top, picture.width, top + 120)).getextrema()[0] for top in bands]
    assert max(darkest) < 140, "a part of it is empty"


def test_a_report_says_how_far_it_is_and_can_be_cancelled(visit: Open, address: str) -> None:
    page = visit(address)
    page.locator(".gz-open-save").click()
    page.locator(".gz-report-count").fill("31")
    page.locator(".gz-report-make").click()
    assert page.evaluate("document.querySelector('.gz-report-count').validity.rangeOverflow")
    page.locator(".gz-report-count").fill("30")
    page.locator(".gz-report-make").click()
    expect(page.locator(".gz-report-far")).to_have_text("0 of 60 runs done")
    page.locator(".gz-report-cancel").click()
    expect(page.locator(".gz-report-make")).to_be_visible()


def kept(page: Page) -> list[str]:
    """What the panel says was written and is kept."""
    return page.locator(".gz-yaml-drafts span").all_inner_texts()


def text_of(page: Page) -> str:
    return str(page.evaluate("window.gz.drawer.panel('yaml').editor.text"))


def show_alone(page: Page, name: str) -> None:
    """Show one scenario in place of the two, and go back to the editor."""
    page.locator(".gz-open-scenarios").click()
    page.locator(".gz-choice-0").select_option(name)
    page.locator(".gz-choice-1").select_option("")
    page.locator(".gz-show").click()
    page.wait_for_function("() => window.gz.stage.films.length === 1")
    page.locator(".gz-open-yaml").click()


def test_what_was_written_is_kept_when_its_side_shows_something_else(visit: Open, address: str) -> None:
    page = editing(visit, address)
    write(page, SMALL)
    show_alone(page, "tiers_only")
    page.wait_for_function("() => window.gz.drawer.open.editor.text.includes('Tiers only')")
    assert kept(page) == ["Not applied, kept for you: 5 lines for A Coordinated"]
    page.locator(".gz-yaml-back").click()
    assert text_of(page) == SMALL
    assert kept(page) == []
    page.locator(".gz-yaml-apply").click()
    expect(page.locator(".gz-side h2").first).to_contain_text("(edited)")
    assert kept(page) == []


def test_what_was_written_for_a_side_that_has_gone_is_kept(visit: Open, address: str) -> None:
    page = editing(visit, address)
    page.locator(".gz-yaml-side").select_option("1")
    page.wait_for_function("() => window.gz.drawer.open.editor.text.includes('Fragmented')")
    write(page, SMALL)
    page.locator(".gz-yaml-side").select_option("0")
    page.wait_for_function("() => !window.gz.drawer.open.editor.text.includes('households: 60')")
    write(page, "# mine\n")
    show_alone(page, "grid_only")
    page.wait_for_function("() => window.gz.drawer.open.editor.text.includes('Grid only')")
    assert [text.split(" for ")[-1] for text in kept(page)] == ["B Fragmented", "A Coordinated"]
    page.locator(".gz-language").click()
    assert kept(page)[0] == "已保留尚未应用的内容：为“B 各自为政”编写的5行"
    page.locator(".gz-yaml-drop").nth(0).click()
    page.locator(".gz-yaml-back").click()
    assert text_of(page) == "# mine\n"


def test_a_fork_leaves_what_is_being_written(visit: Open, address: str) -> None:
    page = editing(visit, address)
    write(page, SMALL)
    page.locator(".gz-open-settings").click()
    page.locator("#gz-set-mechanisms-patrol").uncheck()
    page.locator(".gz-fork").click()
    page.wait_for_function("() => document.querySelectorAll('.gz-side h2')[1].innerText.includes('changed')")
    page.locator(".gz-open-yaml").click()
    page.wait_for_timeout(500)
    assert text_of(page) == SMALL  # A shows what it showed


def test_reverting_and_opening_a_file_keep_what_was_written(
    visit: Open, address: str, tmp_path: Path
) -> None:
    page = editing(visit, address)
    write(page, "# one\n")
    page.locator(".gz-yaml-revert").click()
    page.wait_for_function("() => window.gz.drawer.open.editor.text.includes('Coordinated')")
    write(page, "# two\n")
    (tmp_path / "mine.yaml").write_text(SMALL, encoding="utf-8")
    page.locator(".gz-yaml-file").set_input_files(tmp_path / "mine.yaml")
    page.wait_for_function("text => window.gz.drawer.open.editor.text === text", arg=SMALL)
    assert page.evaluate("window.gz.drawer.open.drafts.kept.map((one) => one.text)") == ["# one\n", "# two\n"]


def test_what_is_brought_back_goes_to_its_own_side(visit: Open, address: str) -> None:
    page = editing(visit, address)
    write(page, SMALL)
    page.locator(".gz-yaml-revert").click()
    page.wait_for_function("() => window.gz.drawer.open.editor.text.includes('Coordinated')")
    page.locator(".gz-yaml-side").select_option("1")
    page.wait_for_function("() => window.gz.drawer.open.editor.text.includes('Fragmented')")
    write(page, "# mine\n")
    page.locator(".gz-yaml-back").click()
    assert text_of(page) == SMALL
    assert page.locator(".gz-yaml-side").input_value() == "0"
    assert kept(page) == ["Not applied, kept for you: 2 lines for B Fragmented"]


def test_leaving_the_page_asks_where_something_would_be_lost(visit: Open, address: str) -> None:
    page = editing(visit, address)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    write(page, SMALL)
    page.close(run_before_unload=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    page.keyboard.press("Control+s")
    expect(page.locator(".gz-yaml-status")).to_have_text("Applied: the map shows it now.")
    page.close(run_before_unload=True)
    assert asked == ["beforeunload"]
