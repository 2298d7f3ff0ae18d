"""The page in a real browser: offline, playing, comparing, in both languages, by keyboard, on a phone."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from scenarios.loading import FOLDER

pytestmark = pytest.mark.slow
Open = Callable[..., Page]


def hour_of(page: Page) -> float:
    return float(page.locator(".gz-slider").input_value())


def seek(page: Page, hour: int) -> None:
    page.locator(".gz-slider").evaluate(
        "(slider, hour) => { slider.value = hour; slider.dispatchEvent(new Event('input')); }", hour
    )
    page.wait_for_function("() => document.querySelector('.gz-wait').textContent === ''")


def test_it_loads_offline_and_shows_two_communities(visit: Open, address: str) -> None:
    page = visit(address)
    assert page.locator(".gz-side h2").all_inner_texts() == ["A Coordinated", "B Fragmented"]
    assert page.locator("canvas.gz-map").count() == 2
    assert page.evaluate("document.documentElement.lang") == "en"


def test_it_plays_stops_steps_and_seeks_back(visit: Open, address: str) -> None:
    page = visit(address)
    page.locator(".gz-clock-play").click()
    page.wait_for_function("() => Number(document.querySelector('.gz-slider').value) > 6")
    page.locator(".gz-clock-play").click()
    stopped = hour_of(page)
    time.sleep(0.5)
    assert hour_of(page) == stopped
    page.locator(".gz-clock-day_on").click()
    assert hour_of(page) == 24 * (stopped // 24 + 1)
    page.locator(".gz-clock-hour_back").click()
    assert page.locator(".gz-time").inner_text().endswith("23:00")
    seek(page, 24 * 20 + 5)
    assert page.locator(".gz-time").inner_text().startswith("Day 21")
    seek(page, 30)
    assert page.locator(".gz-time").inner_text().startswith("Day 2 ")


def test_both_languages_with_the_tags_that_screen_readers_need(visit: Open, address: str) -> None:
    page = visit(address, language="zh-CN")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert "协同共治" in page.locator(".gz-side h2").first.inner_text()
    page.locator(".gz-language").click()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator(".gz-side h2").first.inner_text() == "A Coordinated"
    left = r"() => !/[\u4e00-\u9fff]/.test(document.querySelector('.gz').innerText.replace('中文', ''))"
    page.wait_for_function(left)  # charts say it when they are drawn next


def test_sessions_are_isolated(visit: Open, address: str) -> None:
    one, other = visit(address), visit(address)
    one.locator(".gz-open-scenarios").click()
    one.locator(".gz-choice-1").select_option("")
    one.locator(".gz-choice-0").select_option("tiers_only")
    one.locator(".gz-show").click()
    one.wait_for_function("() => document.querySelectorAll('canvas.gz-map').length === 1")
    assert one.locator(".gz-side h2").inner_text() == "Tiers only"
    assert other.locator(".gz-side h2").all_inner_texts() == ["A Coordinated", "B Fragmented"]


def test_the_keyboard_is_enough(visit: Open, address: str) -> None:
    page = visit(address)
    page.keyboard.press(".")
    page.keyboard.press(">")
    assert hour_of(page) == 24
    page.keyboard.press(" ")
    page.wait_for_function("() => Number(document.querySelector('.gz-slider').value) > 26")
    page.keyboard.press(" ")
    page.locator("canvas.gz-map").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("+")
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.className"))
    wanted = {"gz-layer", "gz-slider", "gz-speed", "gz-language", "gz-open-scenarios", "gz-clock-play"}
    assert wanted <= {name.split()[0] for name in reached if name}


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_nothing_is_clipped(visit: Open, address: str, width: int, height: int) -> None:
    page = visit(address, width=width, height=height)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in (".gz-clock-play", ".gz-slider", ".gz-layer", ".gz-open-scenarios", ".gz-language"):
        box = page.locator(name).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_two_fingers_and_the_wheel_zoom_where_they_are(visit: Open, address: str) -> None:
    page = visit(address)
    box = page.locator("canvas.gz-map").first.bounding_box()
    assert box is not None
    x, y = box["x"] + 0.25 * box["width"], box["y"] + 0.25 * box["height"]
    under = """([x, y]) => {
      const map = window.gz.stage.maps[0], box = map.canvas.getBoundingClientRect();
      const [right, down] = [x - box.left - map.size[0] / 2, y - box.top - map.size[1] / 2];
      return [map.middle[0] + right / map.scale, map.middle[1] - down / map.scale];
    }"""
    page.wait_for_function("() => window.gz.stage.maps[0].size")
    before = page.evaluate(under, [x, y])
    page.mouse.move(x, y)
    page.mouse.wheel(0, -100)
    page.wait_for_function("() => window.gz.stage.view.zoom > 1.1")
    assert page.evaluate(under, [x, y]) == pytest.approx(before, abs=0.5)
    page.locator("canvas.gz-map").first.press("0")
    touch = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 40), ("touchMove", 60), ("touchMove", 80), ("touchEnd", None)):
        fingers = (
            [] if apart is None else [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}]
        )
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
    assert page.evaluate("window.gz.stage.view.zoom") == pytest.approx(2.0, rel=0.05)
    assert page.evaluate(under, [x, y]) == pytest.approx(before, abs=1.0)
    assert page.locator(".gz-drawer").is_hidden()
    page.locator("canvas.gz-map").first.press("0")
    page.locator(".gz-clock-play").press("Enter")
    page.keyboard.press("Enter")
    hour = hour_of(page)
    page.keyboard.press(".")
    assert hour_of(page) > hour


def test_a_closed_tab_costs_nothing(visit: Open, address: str, server: Any) -> None:
    page = visit(address)
    page.locator(".gz-speed").select_option("168")
    page.locator(".gz-clock-play").click()
    time.sleep(1.0)
    page.context.close()
    time.sleep(3.0)
    before = server.cpu_seconds()
    time.sleep(4.0)
    assert server.cpu_seconds() - before < 0.2


def test_two_sides_with_one_run_have_their_own_titles(visit: Open, address: str) -> None:
    page = visit(address)
    text = (FOLDER / "coordinated.yaml").read_text(encoding="utf-8")
    page.evaluate("text => window.gz.act({ do: 'yaml_apply', side: 1, text, file: null })", text)
    page.wait_for_function("() => window.gz.state.sides[1].key === window.gz.state.sides[0].key")
    page.wait_for_function("() => new Set(window.gz.stage.films.map((film) => film.key)).size === 1")
    titles = page.locator(".gz-side h2").all_inner_texts()
    assert "edited" not in titles[0]
    assert "edited" in titles[1]
