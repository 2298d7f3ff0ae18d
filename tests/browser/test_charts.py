"""The charts in a real browser: two sides told apart without colour, every row legible, failures told."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.slow
Open = Callable[..., Page]
ROWS = ("closing", "causes", "minutes")
DAY = 60

DRAWN = """(name) => window.gz.stage.charts.frames.find((frame) => frame.chart.name === name)
  .graph.getZr().storage.getDisplayList(true).map(({ type, style, shape, parent }) => ({
    type, fill: style.fill, text: style.text, size: parseFloat(style.font?.split("px")[0].split(" ").at(-1)),
    stripes: Boolean(style.decal), width: shape?.width }))"""


def drawn(page: Page, name: str) -> list[dict[str, Any]]:
    """What a chart has drawn."""
    found: list[dict[str, Any]] = page.evaluate(DRAWN, name)
    return found


def charts(visit: Open, address: str, **more: object) -> Page:
    """A page with all charts drawn on a day when there is something in each."""
    page = visit(address, **more)
    page.evaluate("hour => window.gz.clock.seek(hour)", 24 * DAY)
    page.wait_for_function(f"() => window.gz.stage.charts.now?.full === {DAY}", timeout=60_000)
    page.wait_for_function("() => document.querySelectorAll('.gz-chart canvas').length === 5")
    settled(page)
    return page


def settled(page: Page) -> None:
    """Wait until no chart is due any more."""
    page.wait_for_function(
        "() => { const { frames, now } = window.gz.stage.charts;"
        " return frames.every((frame) => frame.due(now, Infinity) === null); }"
    )


def enlarge(page: Page, name: str) -> None:
    page.locator(f".gz-chart-{name} .gz-chart-title").click()
    settled(page)


@pytest.mark.parametrize("name", ROWS)
def test_bars_of_b_have_stripes_and_those_of_a_have_none(visit: Open, address: str, name: str) -> None:
    page = charts(visit, address)
    bars = [one for one in drawn(page, name) if one["type"] == "rect" and one["fill"]]
    of_a = [one for one in bars if one["fill"] in {"#0072B2", "#9cc7e1"}]
    of_b = [one for one in bars if one["fill"] in {"#D55E00", "#f8ddca"}]
    assert of_a
    assert of_b
    assert not any(one["stripes"] for one in of_a)
    assert all(one["stripes"] for one in of_b)
    samples = page.locator(f".gz-chart-{name} .gz-sample-bar")
    assert [samples.nth(side).locator("path").count() for side in (0, 1)] == [0, 1]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("name", ROWS)
def test_every_row_can_be_read_from_the_back(visit: Open, address: str, name: str, language: str) -> None:
    page = charts(visit, address, language=language)
    count = page.evaluate(
        "(name) => { const { frames, now } = window.gz.stage.charts;"
        " return frames.find((frame) => frame.chart.name === name).chart.count(now); }",
        name,
    )
    assert count >= 3
    said = page.locator(f".gz-chart-{name} .gz-chart-rows").inner_text()
    labels = [one for one in drawn(page, name) if one["text"] and "  " in one["text"]]
    assert said == "" if len(labels) == count else str(count) in said
    enlarge(page, name)
    texts = [one for one in drawn(page, name) if one["text"]]
    assert len([one for one in texts if "  " in one["text"]]) == count
    assert min(one["size"] for one in texts) >= 14
    box, canvas = (
        page.locator(f".gz-chart-{name} .gz-chart-{part}").bounding_box() for part in ("box", "canvas")
    )
    assert box is not None
    assert canvas is not None
    scrolls = canvas["height"] > box["height"] + 1
    hint = page.locator(f".gz-chart-{name} .gz-chart-rows")
    assert (hint.inner_text() != "") == scrolls


def test_a_phone_has_every_row_without_a_click(visit: Open, address: str) -> None:
    page = charts(visit, address, width=390, height=844)
    for name in ROWS:
        assert page.locator(f".gz-chart-{name} .gz-chart-rows").inner_text() == ""
        assert min(one["size"] for one in drawn(page, name) if one["text"]) >= 14


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("panel", ["lessons", "scenarios", "settings", "yaml", "save", "class"])
def test_all_charts_stand_in_sight_beside_every_drawer(
    visit: Open, address: str, panel: str, language: str
) -> None:
    page = charts(visit, address, language=language)
    page.locator(f".gz-open-{panel}").click()
    if panel == "lessons":
        page.locator(".gz-lesson-open").nth(5).click()  # minutes, with two sides
        page.locator(".gz-lesson-option").first.wait_for()
        page.wait_for_function("() => document.querySelectorAll('canvas.gz-map').length === 2")
    page.wait_for_timeout(300)
    stage = page.locator(".gz-stage").bounding_box()
    assert stage is not None
    assert stage["width"] < 1000
    for name in ("informed", "cases", "closing", "causes", "minutes"):
        box, inner = (
            page.locator(f".gz-chart-{name}{part}").bounding_box() for part in ("", " .gz-chart-box")
        )
        assert box is not None
        assert inner is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= stage["width"] + 1
        assert box["y"] + box["height"] <= 721
        assert inner["width"] >= 170
        assert inner["height"] >= 88  # two rows, and the numbers below
    for side in (0, 1):
        map_box = page.locator("canvas.gz-map").nth(side).bounding_box()
        assert map_box is not None
        assert map_box["height"] >= 120


def test_charts_that_cannot_be_loaded_say_so_and_are_tried_again(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="en")
    page.route("**/echarts@*/**", lambda route: route.abort())
    page.goto(address)
    page.wait_for_selector(".gz-ready", timeout=60_000)
    missing = page.locator(".gz-charts-missing")
    expect(missing).to_contain_text("The charts could not be loaded")
    page.locator(".gz-language").click()
    expect(missing).to_contain_text("图表未能加载")
    expect(page.locator(".gz-chart").first).to_be_hidden()
    page.locator(".gz-clock-day_on").click()  # map and clock go on
    expect(page.locator(".gz-time")).to_contain_text("第2天")
    page.locator(".gz-charts-again").click()
    expect(missing).to_be_visible()
    page.unroute("**/echarts@*/**")
    page.locator(".gz-charts-again").click()
    expect(missing).to_be_hidden()
    page.wait_for_function("() => document.querySelectorAll('.gz-chart canvas').length === 5")
    page.close()


def test_a_follower_is_told_too_and_can_try_again(visit: Open, browser: Browser, address: str) -> None:
    trainer = visit(address)
    trainer.locator(".gz-open-class").click()
    trainer.locator(".gz-begin-class").click()
    code = trainer.locator(".gz-class-code").inner_text().replace(" ", "")
    page = browser.new_page(locale="en")
    page.route("**/echarts@*/**", lambda route: route.abort())
    page.goto(f"{address}gongzhi/follow/{code}")
    page.wait_for_selector(".gz-ready", timeout=60_000)
    expect(page.locator(".gz-charts-missing")).to_contain_text("The charts could not be loaded")
    page.unroute("**/echarts@*/**")
    page.locator(".gz-charts-again").click()
    page.wait_for_function("() => document.querySelectorAll('.gz-chart canvas').length === 5")
    page.close()
