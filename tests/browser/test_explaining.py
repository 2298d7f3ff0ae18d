"""What the page tells of what was chosen on the map: by keys and links, as the clock moves, on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow
Open = Callable[..., Page]


def seek(page: Page, hour: int) -> None:
    page.locator(".gz-slider").evaluate(
        "(slider, hour) => { slider.value = hour; slider.dispatchEvent(new Event('input')); }", hour
    )
    page.wait_for_function("() => document.querySelector('.gz-wait').textContent === ''")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.className"))


def go_to_building(page: Page, number: int) -> None:
    """Walk along the map with the arrow keys."""
    page.locator("canvas.gz-map").first.focus()
    for _ in range(number):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".gz-explain h3")).to_have_text(f"Building {number}")


def test_from_building_to_home_and_back_by_keys_alone(visit: Open, address: str) -> None:
    page = visit(address)
    seek(page, 24 * 17 + 12)
    go_to_building(page, 2)
    assert focused(page) == "gz-map"  # who walks along the map stays on it
    page.keyboard.press("Enter")
    assert focused(page) == "gz-drawer-title"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert name.startswith("Home ")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    other = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert other.startswith("Home ")
    assert other.split(":")[0] != name.split(":")[0]
    page.keyboard.press("Tab")  # all homes are one stop
    assert not page.evaluate("document.activeElement.classList.contains('gz-home')")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == other
    name = other
    page.keyboard.press("Enter")
    expect(page.locator(".gz-explain h3")).to_have_text(f"{name.split(':')[0]} in building 2")
    assert page.locator(".gz-explain section p").count() >= 1
    page.locator(".gz-explain-back").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".gz-explain h3")).to_have_text("Building 2")
    page.keyboard.press("Escape")
    expect(page.locator(".gz-drawer")).to_be_hidden()
    assert focused(page) == "gz-map"


def test_who_told_whom_stands_in_order_and_leads_to_the_teller(visit: Open, address: str) -> None:
    page = visit(address)
    seek(page, 24 * 17 + 12)
    go_to_building(page, 2)
    page.locator(".gz-home").first.click()
    expect(page.locator(".gz-explain h3")).to_contain_text("in building 2")
    steps = page.locator(".gz-chain").first.locator("li").all_inner_texts()
    assert len(steps) > 1
    assert steps[-1].startswith("Home ")
    teller = page.locator(".gz-explain section [data-key^=actor-]").last
    name = teller.inner_text()
    teller.click()
    expect(page.locator(".gz-explain h3")).to_have_text(name)
    expect(page.locator(".gz-explain-said")).to_contain_text("min")


def test_a_case_is_told_as_of_the_clock_and_not_before_it_arose(visit: Open, address: str) -> None:
    page = visit(address)
    seek(page, 24 * 17 + 12)
    links = page.locator(".gz-explain [data-key^=case-]")
    for building in range(1, 30):
        page.locator("canvas.gz-map").first.focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".gz-explain h3")).to_have_text(f"Building {building}")
        if links.count():
            break
    links.first.click()
    expect(page.locator(".gz-explain h3")).to_contain_text("Case ")
    assert page.locator(".gz-bars span").count() >= 1
    steps = page.locator(".gz-steps li").count()
    seek(page, 24 * 40)
    expect(page.locator(".gz-explain-when")).to_contain_text("day 41")
    assert page.locator(".gz-steps li").count() >= steps
    seek(page, 0)
    expect(page.locator(".gz-explain")).to_contain_text("nothing to tell")


def test_it_is_told_in_chinese_and_fits_on_a_phone(visit: Open, address: str) -> None:
    page = visit(address, width=390, height=844)
    seek(page, 24 * 17 + 12)
    go_to_building(page, 1)
    page.locator(".gz-language").click()
    expect(page.locator(".gz-explain h3")).to_have_text("1号楼")
    expect(page.locator(".gz-explain")).not_to_contain_text("Building")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    assert page.locator(".gz-drawer").bounding_box()["width"] <= 390  # type: ignore[index]


def test_on_a_phone_the_chain_stays_in_sight_while_one_reads(visit: Open, address: str) -> None:
    page = visit(address, width=390, height=844)
    seek(page, 24 * 17 + 12)
    go_to_building(page, 2)
    page.locator(".gz-home").first.click()
    expect(page.locator(".gz-explain h3")).to_contain_text("in building 2")
    page.wait_for_function("() => window.gz.scene.chain?.length > 1")
    on_top = """() => {
      const box = document.querySelector(".gz-told canvas").getBoundingClientRect();
      const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return [box.top >= 0 && box.bottom < innerHeight / 2, at === document.querySelector(".gz-told canvas")];
    }"""
    below = """() => document.querySelector(".gz-drawer-head").getBoundingClientRect().top
      >= document.querySelector(".gz-told").getBoundingClientRect().bottom - 1"""
    page.wait_for_function(below)  # the title of what is told is not under the map
    for height in ("500px", ""):  # as when charts come late
        page.evaluate("height => { document.querySelector('.gz-charts').style.height = height; }", height)
        page.wait_for_timeout(100)
        page.wait_for_function(below)
    for _ in range(3):
        page.mouse.wheel(0, 200)
        page.wait_for_timeout(100)
        assert page.evaluate(on_top) == [True, True]
    page.locator(".gz-close").click()
    assert page.locator(".gz-told").count() == 0
    page.wait_for_function(
        "() => { const { y } = document.querySelector('canvas.gz-map').getBoundingClientRect();"
        " return y >= 0 && y < 200; }",
        timeout=5000,
    )
