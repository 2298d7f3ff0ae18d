"""How fast the browser view draws, and what a drawn moment costs: frames a second, bytes, CPU, memory.

Two communities of 2,700 residents side by side at 1280 x 720, played at a day a second, in a headless
Chromium on the same machine as the server::

    python -m experiments.benchmarks.view [--frames 2000] [--speed 24]

Needs Chromium and the dependency group ``dev`` (Playwright, psutil).
"""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import psutil

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")


@contextmanager
def server() -> Iterator[tuple[psutil.Process, str]]:
    """A server of its own, as a process, and its address."""
    command = [sys.executable, "-m", "experiments", "view", "coordinated", "fragmented", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        if process.stdout is None:
            raise RuntimeError("the server says nothing")
        yield psutil.Process(process.pid), process.stdout.readline().split()[0]
        process.send_signal(signal.SIGINT)


def cpu_of(process: psutil.Process) -> float:
    """Seconds of CPU of a process so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def play(page: Any, seconds: float, speed: int) -> int:
    """Play for a while, so many hours of the run in a second; how many frames were drawn."""
    before = page.evaluate("window.gz.stage.drawn")
    page.evaluate(f"() => {{ window.gz.clock.speed = {speed}; window.gz.clock.play(true); }}")
    time.sleep(seconds)
    return int(page.evaluate("window.gz.stage.drawn")) - int(before)


@click.command()
@click.option("--frames", default=2000, show_default=True, help="Frames to play through.")
@click.option("--speed", default=24, show_default=True, help="Hours of the run in a second.")
def main(frames: int, speed: int) -> None:
    """Measure and print."""
    from playwright.sync_api import sync_playwright

    with server() as (process, url), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        received = [0]
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.loadingFinished", lambda done: received.append(int(done["encodedDataLength"])))
        begun = time.perf_counter()
        page.goto(url)
        page.wait_for_selector(".gz-ready")
        print(f"usable after {time.perf_counter() - begun:.1f} s, {sum(received) / 1e6:.1f} MB")
        play(page, 3.0, speed)  # days are compiled and charts are made
        received.clear()
        cpu, memory = cpu_of(process), process.memory_info().rss
        begun, drawn = time.perf_counter(), 0
        while drawn < frames:
            drawn += play(page, 5.0, speed)
            print(f"{drawn} frames, server {process.memory_info().rss / 1e6:.0f} MB", flush=True)
        seconds = time.perf_counter() - begun
        print(f"frames a second: {drawn / seconds:.1f}")
        print(f"bytes a frame: {sum(received) / drawn:.0f}")
        print(f"server's CPU a frame: {1000.0 * (cpu_of(process) - cpu) / drawn:.2f} ms")
        print(f"memory: {memory / 1e6:.0f} MB before, {process.memory_info().rss / 1e6:.0f} MB after")
        browser.close()
        time.sleep(10.0)
        cpu = cpu_of(process)
        time.sleep(5.0)
        print(f"CPU of the server 10 s after the tab was closed: {20.0 * (cpu_of(process) - cpu):.1f} %")


if __name__ == "__main__":
    main()
