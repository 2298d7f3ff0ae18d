"""What a trainer does with the page in a real browser: fork, edit, teach, lead a class, report."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.slow
Open = Callable[..., Page]


def alone(page: Page, name: str) -> None:
    """Show one small scenario alone."""
    page.locator(".gz-open-scenarios").click()
    page.locator(".gz-choice-0").select_option(name)
    page.locator(".gz-choice-1").select_option("")
    page.locator(".gz-show").click()
    page.wait_for_function("() => document.querySelectorAll('canvas.gz-map').length === 1")


def write_yaml(page: Page, text: str) -> None:
    """Replace the text in the editor, once there is one."""
    page.wait_for_function("() => document.querySelector('.cm-content')?.innerText.includes('title')")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def test_a_fork_shows_both_futures(visit: Open, address: str) -> None:
    page = visit(address)
    alone(page, "coordinated")
    for _ in range(3):
        page.locator(".gz-clock-day_on").click()
    page.locator(".gz-open-settings").click()
    page.locator("#gz-set-mechanisms-patrol").uncheck()
    page.locator(".gz-fork").click()
    page.wait_for_function("() => document.querySelectorAll('canvas.gz-map').length === 2")
    titles = page.locator(".gz-side h2").all_inner_texts()
    assert titles == ["A Coordinated", "B Coordinated, changed from day 4"]
    assert float(page.locator(".gz-slider").input_value()) == 72


def test_after_a_fork_the_settings_are_those_of_the_fork(visit: Open, address: str) -> None:
    page = visit(address)
    alone(page, "coordinated")
    page.locator(".gz-clock-day_on").click()
    page.locator(".gz-clock-hour_on").click()  # the fork holds from the next day on
    page.locator(".gz-open-settings").click()
    page.locator("#gz-set-mechanisms-patrol").uncheck()
    page.locator(".gz-fork").click()
    sides = page.locator(".gz-choose-side button")
    sides.nth(1).wait_for()
    assert [sides.nth(side).get_attribute("aria-pressed") for side in (0, 1)] == ["false", "true"]
    page.wait_for_function("() => document.querySelector('.gz-fork').disabled")
    assert not page.locator("#gz-set-mechanisms-patrol").is_checked()
    sides.nth(0).click()
    page.locator("#gz-set-mechanisms-patrol:checked").wait_for()


def test_what_is_being_chosen_outlives_news_from_the_server(visit: Open, address: str) -> None:
    page = visit(address)
    page.locator(".gz-open-scenarios").click()
    page.locator(".gz-choice-0").select_option("tiers_only")
    version = page.evaluate("window.gz.state.version")
    page.evaluate("window.gz.act({ do: 'yaml_text', side: 0 })")
    page.wait_for_function("version => window.gz.state.version > version", arg=version)
    page.wait_for_timeout(100)
    assert page.locator(".gz-choice-0").input_value() == "tiers_only"


def test_a_setting_that_cannot_change_midway_says_so(visit: Open, address: str) -> None:
    page = visit(address)
    page.locator(".gz-open-settings").click()
    page.locator(".gz-search").fill("elderly_share")
    row = page.locator(".gz-setting", has_text="community.people.elderly_share")
    assert "the community is built before the first day" in row.inner_text()
    assert "Share of residents aged 60 or more." in row.inner_text()
    page.get_by_label("Share of elderly residents", exact=True).and_(row.locator("input[type=number]")).fill(
        "0.5"
    )
    assert page.locator(".gz-fork").is_disabled()
    assert page.locator(".gz-restart").is_enabled()


def test_words_to_choose_from_are_told_in_the_language_of_the_page(visit: Open, address: str) -> None:
    page = visit(address, language="zh-CN")
    alone(page, "coordinated")
    page.locator(".gz-open-settings").click()
    page.locator(".gz-search").fill("street_to_branch.mode")
    choose = page.locator("#gz-set-notices-tiers-street_to_branch-mode")
    choose.wait_for()
    assert choose.locator("option").all_inner_texts() == ["逐个打电话", "开一次会"]
    choose.select_option(label="开一次会")
    page.locator(".gz-change").click()
    page.wait_for_function("() => document.querySelector('.gz-side h2').innerText.includes('第1天')")
    page.wait_for_function("() => document.querySelector('.gz-change').disabled")
    assert choose.input_value() == "meeting"  # what the file says


def test_what_was_set_waits_on_its_side_and_outlives_a_refusal(visit: Open, address: str) -> None:
    page = visit(address)
    page.locator(".gz-open-settings").click()
    page.locator("#gz-set-mechanisms-patrol").uncheck()
    sides = page.locator(".gz-choose-side button")
    sides.nth(1).click()
    page.wait_for_function("() => document.querySelector('.gz-change').disabled")
    sides.nth(0).click()
    page.locator(".gz-change:not([disabled])").wait_for()
    assert not page.locator("#gz-set-mechanisms-patrol").is_checked()
    page.locator(".gz-search").fill("community.households")
    page.locator("#gz-set-community-households").fill("900000")
    page.locator(".gz-restart").click()
    page.locator(".gz-problem:not([hidden])").wait_for()
    assert page.locator("#gz-set-community-households").input_value() == "900000"
    page.locator("#gz-set-community-households").fill("100")
    page.locator(".gz-restart").click()
    page.locator(".gz-problem").wait_for(state="hidden")
    page.wait_for_function("() => document.querySelector('.gz-restart').disabled")
    page.wait_for_function("() => window.gz.stage.films[0].place.residents < 500")


def test_yaml_with_an_error_is_mended_and_applied(visit: Open, address: str) -> None:
    page = visit(address)
    alone(page, "coordinated")
    page.locator(".gz-open-yaml").click()
    write_yaml(page, "extends: coordinated\ntitle: Mine\ndays: 40\npatrol:\n  meets: 7\n")
    problem = page.locator(".gz-yaml-problems li").first
    problem.wait_for()
    assert "5" in problem.inner_text()
    assert "patrol.meets" in problem.inner_text()
    assert page.locator(".gz-side h2").inner_text() == "Coordinated"
    write_yaml(page, "extends: coordinated\ntitle: Mine\ndays: 40\npatrol:\n  meets: 0.7\n")
    page.wait_for_function("() => document.querySelectorAll('.gz-yaml-problems li').length === 0")
    page.locator(".gz-yaml-apply").click()
    page.wait_for_function("() => document.querySelector('.gz-side h2').innerText.startsWith('Mine')")
    assert page.locator(".gz-slider").get_attribute("max") == str(24 * 40)


def test_mistakes_and_meanings_follow_the_language(visit: Open, address: str) -> None:
    page = visit(address, language="zh-CN")
    alone(page, "coordinated")
    page.locator(".gz-open-yaml").click()
    write_yaml(page, "extends: coordinated\ntitle: Mine\ndays: 40\npatrol:\n  meets: 7\n")
    problem = page.locator(".gz-yaml-problems li").first
    problem.wait_for()
    assert "7太大：请填0到1之间的数" in problem.inner_text()
    page.locator(".cm-line", has_text="meets").click()
    meaning = page.locator(".gz-yaml-meaning")
    page.wait_for_function("() => document.querySelector('.gz-yaml-meaning').innerText.includes('概率')")
    page.locator(".gz-language").click()
    page.wait_for_function(
        "() => document.querySelector('.gz-yaml-problems li')?.innerText.includes('7 is too large')"
    )
    page.locator(".cm-line", has_text="days").click()
    page.wait_for_function("() => document.querySelector('.gz-yaml-meaning').innerText.includes('Length')")
    page.locator(".cm-line", has_text="meets").click()
    page.wait_for_function(
        "() => document.querySelector('.gz-yaml-meaning').innerText.includes('Probability')"
    )
    assert "概率" not in meaning.inner_text()


def test_a_lesson_from_start_to_end(visit: Open, address: str) -> None:
    page = visit(address)
    page.locator(".gz-open-lessons").click()
    page.locator(".gz-lesson-open").first.click()
    page.locator(".gz-lesson-option").first.wait_for()
    assert page.locator(".gz-lesson-watch").is_disabled()
    page.locator(".gz-lesson-option").first.click()
    page.locator(".gz-lesson-watch").click()
    page.locator(".gz-lesson-answer").wait_for()
    page.wait_for_function("() => window.gz.clock.playing && window.gz.clock.hour > 24")
    page.locator(".gz-lesson-answer").click()
    page.locator(".gz-lesson-right").wait_for(timeout=60_000)
    assert page.locator(".gz-lesson-right").count() == 1
    # The numbers are those of the lesson's last day, wherever the map stands.
    assert "15" in page.locator("h4.gz-lesson-here").inner_text()
    assert page.locator(".gz-lesson-numbers dd").count() >= 1
    assert all(
        any(letter.isdigit() for letter in one)
        for one in page.locator(".gz-lesson-numbers dd").all_inner_texts()
    )


def test_a_follower_sees_what_the_trainer_shows(visit: Open, address: str) -> None:
    trainer = visit(address)
    trainer.locator(".gz-open-class").click()
    trainer.locator(".gz-begin-class").click()
    code = trainer.locator(".gz-class-code").inner_text().replace(" ", "")
    follower = visit(f"{address}gongzhi/follow/{code}", width=390, height=844)
    assert follower.locator("canvas.gz-map").count() == 2
    trainer.locator(".gz-clock-day_on").click()
    trainer.locator(".gz-clock-day_on").click()
    trainer.locator(".gz-layer").select_option("satisfaction")
    follower.wait_for_function("() => document.querySelector('.gz-time').textContent.startsWith('Day 3')")
    follower.wait_for_function("() => document.querySelector('.gz-layer').value === 'satisfaction'")
    assert follower.locator(".gz-clock-play").count() == 0
    alone = visit(f"{address}?class={code}")
    alone.wait_for_function("() => document.querySelector('.gz-time').textContent.startsWith('Day 3')")
    assert alone.locator(".gz-problem").is_hidden()
    assert alone.locator(".gz-layer").input_value() == "satisfaction"
    trainer.locator(".gz-end-class").click()
    follower.wait_for_function("() => !document.querySelector('.gz-problem').hidden")


@pytest.mark.parametrize(
    ("language", "says"), [("en", "Ask the trainer for the right code"), ("zh-CN", "请向讲师确认课堂码")]
)
def test_a_wrong_code_is_told_in_words_and_nothing_else_is_shown(
    browser: Browser, address: str, language: str, says: str
) -> None:
    page = browser.new_page(locale=language)
    page.goto(f"{address}gongzhi/follow/000000")
    page.wait_for_selector(".gz-ready", timeout=60_000)
    expect(page.locator(".gz-problem")).to_contain_text(says)
    assert page.locator(":is(canvas, select, .gz-legend, .gz-clock, .gz-charts):visible").count() == 0
    page.locator(".gz-other-code").click()
    page.locator(".gz-code-input").fill("000000")
    page.locator(".gz-door button").click()
    expect(page.locator(".gz-problem")).to_contain_text(says)
    page.locator(".gz-on-ones-own").click()
    page.locator("canvas.gz-map").first.wait_for(timeout=60_000)
    page.close()


def test_a_report_of_what_is_shown(visit: Open, address: str) -> None:
    page = visit(address)
    alone(page, "coordinated")
    page.locator(".gz-open-yaml").click()
    write_yaml(page, "extends: coordinated\ntitle: Mine\ndays: 20\ncommunity: {households: 100}\n")
    page.locator(".gz-yaml-apply").click()
    page.wait_for_function("() => document.querySelector('.gz-side h2').innerText.startsWith('Mine')")
    page.locator(".gz-open-save").click()
    page.locator(".gz-report-count").fill("2")
    page.locator(".gz-report-make").click()
    page.locator(".gz-report-open").wait_for(timeout=120_000)
    link = page.locator(".gz-report-open").get_attribute("href")
    report = page.request.get(f"{address.rstrip('/')}{link}")
    assert report.ok
    assert "Mine" in report.text()
