"""What the view does with what it should refuse, with failures, and with eyes that see less."""

import http.client
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route
from serving import start, stop

pytestmark = pytest.mark.slow
Open = Callable[..., Page]

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("panel", ["lessons", "scenarios", "settings", "yaml", "save", "class"])
def test_text_stands_out_as_wcag_aa_asks(visit: Open, address: str, panel: str) -> None:
    page = visit(address)
    page.locator(f".gz-open-{panel}").click()
    page.wait_for_function("() => document.querySelector('.gz-room').innerText.length > 10")
    assert page.evaluate(CONTRAST) == []


def test_every_choice_has_an_arrow_in_forced_colours_too(visit: Open, address: str) -> None:
    page = visit(address)
    page.locator(".gz-open-scenarios").click()
    page.locator(".gz-choice-1").wait_for()
    looks = """() => [...document.querySelectorAll('.gz select')].map((one) => {
      const { appearance, backgroundImage, paddingRight } = getComputedStyle(one);
      return [appearance, backgroundImage.startsWith('url("data:image/svg+xml'), parseFloat(paddingRight)];
    })"""
    drawn = page.evaluate(looks)
    assert len(drawn) == 5  # notice, layer, speed, two scenarios
    assert all(appearance == "none" and arrow and room >= 25 for appearance, arrow, room in drawn)
    page.emulate_media(forced_colors="active")
    assert all(appearance == "auto" and not arrow for appearance, arrow, _ in page.evaluate(looks))


def test_chinese_has_glyphs_wherever_the_page_is_opened(visit: Open, address: str) -> None:
    page = visit(address, language="zh-CN")
    load = """document.fonts.load("16px 'Gongzhi Sans SC'", "共治")"""
    assert page.evaluate(f"{load}.then((all) => all.map((one) => one.status))") == ["loaded"]


def test_a_run_that_dies_is_told_with_the_way_out(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="en")
    page.goto(address)
    page.wait_for_selector(".gz-ready", timeout=60_000)

    def die(route: Route) -> None:
        route.fulfill(status=500, json={"error": "ValueError: the roof fell in", "kind": "RunDiedError"})

    page.route("**/reels/**", die)
    page.locator(".gz-open-scenarios").click()
    page.locator(".gz-choice-0").select_option("tiers_only")
    page.locator(".gz-show").click()
    page.locator(".gz-wait", has_text="the roof fell in").wait_for()
    assert "Choose a scenario" in page.locator(".gz-wait").inner_text()
    page.unroute("**/reels/**")
    page.locator(".gz-choice-0").select_option("grid_only")
    page.locator(".gz-show").click()
    page.wait_for_function("() => document.querySelector('.gz-wait').textContent === ''")
    page.wait_for_function("() => document.querySelector('.gz-side h2').innerText.includes('Grid only')")
    page.close()


def test_what_could_not_be_fetched_is_asked_for_again(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="en")
    page.goto(address)
    page.wait_for_selector(".gz-ready", timeout=60_000)
    page.route("**/reels/**", lambda route: route.abort())
    page.locator(".gz-clock-day_on").click()
    page.locator(".gz-wait", has_text="tries again by itself").wait_for()
    page.unroute("**/reels/**")
    page.wait_for_function("() => document.querySelector('.gz-wait').textContent === ''")
    page.route("**/place", lambda route: route.abort())
    page.locator(".gz-open-scenarios").click()
    page.locator(".gz-choice-0").select_option("grid_only")
    page.locator(".gz-show").click()
    page.locator(".gz-problem", has_text="tries again by itself").wait_for()
    page.unroute("**/place")
    page.wait_for_function("() => document.querySelector('.gz-side h2').innerText.includes('Grid only')")
    page.locator(".gz-problem").wait_for(state="hidden")
    page.close()


def test_panels_that_cannot_be_filled_say_so_and_try_again(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="en")
    page.goto(address)
    page.wait_for_selector(".gz-ready", timeout=60_000)
    for panel, path, filled in (
        ("settings", "**/settings", ".gz-setting"),
        ("yaml", "**/schema*", ".cm-editor"),
    ):
        page.route(path, lambda route: route.abort())
        page.locator(f".gz-open-{panel}").click()
        page.locator(".gz-room", has_text="Close the panel and open it again").wait_for()
        page.unroute(path)
        page.locator(".gz-close").click()
        page.locator(f".gz-open-{panel}").click()
        page.locator(filled).first.wait_for()
    page.close()


def test_a_state_that_comes_while_films_are_opened_does_not_lose_them(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="en")
    page.goto(address)
    page.wait_for_selector(".gz-ready", timeout=60_000)

    def late(route: Route) -> None:
        page.evaluate("window.gz.act({ do: 'leave' })")
        time.sleep(1.0)
        route.continue_()

    page.route("**/place", late, times=1)
    page.evaluate("window.gz.act({ do: 'reset', seed: 4711 })")
    page.wait_for_function("() => window.gz.state.seed === 4711")
    page.wait_for_function("() => window.gz.stage.films[0].place.seed === 4711")
    page.close()


def test_closing_a_panel_gives_the_keyboard_back_to_its_button(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="en")
    page.goto(address)
    page.wait_for_selector(".gz-ready", timeout=60_000)
    page.locator(".gz-open-scenarios").press("Enter")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "gz-open-scenarios"
    page.close()


PATHS = [
    "/gongzhi/assets/../../../../../../etc/passwd",
    "/gongzhi/assets/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/gongzhi/assets//etc/passwd",
    "/gongzhi/assets/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/gongzhi/fonts/../../provenance.py",
    "/static/../../../../../../../../etc/passwd",
    "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/public/..%2f..%2f..%2fpyproject.toml",
    "/static/nbextensions/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/_solara/cdn/..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd",
    "/_solara/cdn/../../../../../../../../etc/passwd",
    "/jupyter/nbextensions/..%2f..%2f..%2f..%2fetc%2fpasswd",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_file_of_the_machine_is_read(address: str, path: str) -> None:
    place = urlsplit(address)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=20)
    connection.request("GET", path)  # as it stands: browsers would tidy it up
    content = connection.getresponse().read()
    connection.close()
    assert b"root:" not in content
    assert b"[project]" not in content
    assert b"Provenance" not in content


def test_foreign_hosts_are_refused_by_the_server_itself(address: str) -> None:
    place = urlsplit(address)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=20)
    connection.request("GET", "/", headers={"Host": "evil.example"})
    assert connection.getresponse().status == 403
    connection.close()


def test_a_full_server_says_so_and_a_closed_page_makes_room(browser: Browser) -> None:
    server, url = start("coordinated", "--visitors", "1")
    try:
        one, other = browser.new_page(), browser.new_page()
        one.goto(url)
        one.wait_for_selector(".gz-ready", timeout=60_000)
        other.goto(url)
        other.wait_for_function("() => document.querySelector('.gz-problem')?.innerText.includes('1 people')")
        assert (
            other.locator(":is(canvas, select, .gz-charts, nav button:not(.gz-language)):visible").count()
            == 0
        )
        other.locator(".gz-language").click()
        other.locator(".gz-problem", has_text="已有1人在观看").wait_for()
        other.locator(".gz-problem-act").click()  # in vain, and it says so again
        other.locator(".gz-problem", has_text="已有1人在观看").wait_for()
        one.close(run_before_unload=True)
        for _ in range(20):  # the server may not yet have noticed
            other.locator(".gz-problem-act").click()
            other.wait_for_timeout(500)
            other.wait_for_selector(".gz-ready, .gz-problem:not([hidden])", timeout=60_000)
            if other.locator("canvas.gz-map").count():
                break
        assert other.locator("canvas.gz-map").count() == 1
        other.close()
    finally:
        said = stop(server)
    assert said.strip() == "stopped", said
