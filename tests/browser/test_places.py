"""What becomes of a place whose page has gone without a word, and of a page that has lost its place."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error
from serving import stop

pytestmark = pytest.mark.slow

# All visitors of a test come from this machine; a cookie says who is to count as another address.
SERVER = """
import sys
from experiments.view import guards, session, visits
session.GRACE = visits.GRACE = 3.0
guards.address_of = lambda scope: str(b"from=home" in dict(scope["headers"]).get(b"cookie", b""))
from experiments.command_line import main
main(["view", "coordinated", "--port", "0", "--visitors", sys.argv[1]])
"""
DROP = "() => { window.solara.debug.ws().close(); }"


@pytest.fixture
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server for so many visitors, whose places are kept for three seconds."""
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(request.param)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert server.stdout is not None
    yield server.stdout.readline().split()[0]
    assert stop(server).strip() == "stopped"


@pytest.mark.parametrize("address", [1], indirect=True)
def test_a_page_whose_connection_breaks_gets_its_session_back_and_one_that_stays_away_makes_room(
    browser: Browser, address: str
) -> None:
    one, other = browser.new_page(locale="en"), browser.new_page(locale="en")
    one.goto(address)
    one.wait_for_selector(".gz-ready", timeout=60_000)
    one.evaluate("window.gz.act({ do: 'reset', seed: 4711 })")
    one.wait_for_function("() => window.gz.state.seed === 4711")
    one.evaluate(DROP)
    one.wait_for_function("() => window.solara.debug.reconnectCount > 0", timeout=30_000)
    one.evaluate("window.gz.act({ do: 'leave' })")
    one.wait_for_function("() => window.solara.debug.connectionStatus === 'connected'")
    one.wait_for_timeout(4_000)
    other.goto(address)
    other.wait_for_function("() => document.querySelector('.gz-problem')?.innerText.includes('1 people')")
    assert one.evaluate("window.gz.state.seed") == 4711
    with contextlib.suppress(Error):
        one.goto("chrome://crash")  # it has no time to say that it leaves
    other.wait_for_timeout(4_000)
    other.reload()
    other.wait_for_selector(".gz-ready", timeout=60_000)
    one.close()
    other.close()


@pytest.mark.parametrize("address", [2], indirect=True)
def test_a_page_that_loses_its_place_to_another_address_is_told_and_stops(
    browser: Browser, address: str
) -> None:
    one, other = browser.new_page(locale="en"), browser.new_page(locale="en")
    for page in (one, other):
        page.goto(address)
        page.wait_for_selector(".gz-ready", timeout=60_000)
    other.evaluate("window.gz.act({ do: 'reset', seed: 2 })")
    one.evaluate("window.gz.clock.play(true)")
    guest = browser.new_page()
    guest.context.add_cookies([{"name": "from", "value": "home", "url": address}])
    guest.goto(address)
    guest.wait_for_selector(".gz-ready", timeout=60_000)
    one.locator(".gz-problem", has_text="2 people are watching").wait_for()
    assert not one.evaluate("window.gz.clock.playing")
    assert other.locator(".gz-problem").is_hidden()
    for page in (one, other, guest):
        page.context.close()
