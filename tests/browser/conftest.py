"""A server of the view and a real Chromium that looks at it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from serving import start, stop

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-quic",
]  # fmt: skip
READY_S = 60.0


@dataclass
class Server:
    """A running server."""

    url: str
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """What it has used so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    process, url = start("coordinated", "fragmented")
    yield Server(url, psutil.Process(process.pid))
    said = stop(process)
    assert said.strip() == "stopped", said
    assert process.returncode == 0


@pytest.fixture(scope="session")
def address(server: Server) -> str:
    return server.url


@pytest.fixture(scope="module")  # while it is there an event loop runs, under which no other can be started
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "no Chromium: install Debian's package chromium (apt-get install chromium)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page and what went wrong in it."""

    page: Page
    problems: list[str] = field(default_factory=list)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages of visitors of their own; fails where one has an error or a request fails or strays."""
    visits: list[Visit] = []

    def open_page(url: str, width: int = 1280, height: int = 720, language: str = "en") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale=language)
        page = context.new_page()
        here = Visit(page)
        visits.append(here)
        page.on("pageerror", lambda error: here.problems.append(f"error: {error}"))
        page.on(
            "requestfailed",
            lambda asked: (
                None
                if asked.url.endswith("/events")  # a follower hangs up where its class ends
                else here.problems.append(f"failed: {asked.url} {asked.failure}")
            ),
        )
        page.on(
            "console",
            lambda said: here.problems.append(f"console: {said.text}") if said.type == "error" else None,
        )
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((f"http://{urlsplit(url).netloc}/", "data:", "blob:"))
                else here.problems.append(f"elsewhere: {asked.url}")
            ),
        )
        page.goto(url)
        page.wait_for_selector(".gz-ready", timeout=READY_S * 1000)
        return page

    yield open_page
    for here in visits:
        here.page.context.close()
    assert [problem for here in visits for problem in here.problems] == []
