"""A class of followers on one server: whether each sees what it should, and what that costs the server.

The trainer's clock runs through a run of two communities; each follower listens to the class and fetches
places and reels as its page does, and looks twice a second whether it could draw what its clock shows.

    python -m experiments.benchmarks.followers [--followers 30] [--seconds 30] [--speed 24]
"""

import argparse
import http.client
import json
import multiprocessing
import resource
import socket
import statistics
import threading
import time
from dataclasses import dataclass, field
from gzip import decompress
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

FRAME = 0.5
"""Seconds between two frames of a follower."""
WAIT = 60.0


def serve(pipe: Connection, speed: float) -> None:
    """The server and its trainer, in a process of their own, until something comes through the pipe."""
    import uvicorn
    from starlette.applications import Starlette

    from experiments.view.api import HANDLERS, routes
    from experiments.view.classes import Classes
    from experiments.view.film import Films
    from experiments.view.following import class_routes
    from experiments.view.leading import leading
    from experiments.view.session import Session
    from scenarios import load

    classes = Classes(Films())
    trainer = Session(classes.films, (leading(classes),))
    trainer.show([(name, load(name)) for name in ("coordinated", "fragmented")], 1)
    for side in trainer.sides:
        classes.films.get(side.key).day(0)  # kernels are compiled before anybody counts
    trainer.act({"do": "begin_class"})
    app = Starlette(routes=[*routes(classes.films), *class_routes(classes)], exception_handlers=HANDLERS)
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    pipe.send((listener.getsockname()[1], trainer.state()["class"]["code"]))
    begun, used = time.monotonic(), _processor()
    while not pipe.poll(2.0):
        hour = speed * (time.monotonic() - begun)
        trainer.act({"do": "lead", "hour": hour, "speed": speed, "playing": True, "scene": {}})
    pipe.send((_processor() - used) / (time.monotonic() - begun))
    trainer.close()
    server.should_exit = True
    thread.join()


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@dataclass
class Follower:
    """One page that follows, as far as the server sees it."""

    port: int
    code: str
    seconds: float
    drawn: int = 0
    late: int = 0
    taken: list[float] = field(default_factory=list)
    received: int = 0
    reels: dict[tuple[str, int], Any] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)
    told: float = 0.0

    def live(self) -> None:
        """Follow for as long as it is to."""
        threading.Thread(target=self._listen, daemon=True).start()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        while not self.shown:
            time.sleep(0.05)
        keys = [side["key"] for side in self.shown["sides"]]
        for key in keys:
            self._get(connection, f"/films/{key}/place")
        ends = time.monotonic() + self.seconds
        while (frame := time.monotonic()) < ends:
            self._draw(connection, keys)
            time.sleep(max(0.0, FRAME - (time.monotonic() - frame)))

    def _draw(self, connection: http.client.HTTPConnection, keys: list[str]) -> None:
        speed = self.shown["speed"]
        hour = self.shown["hour"] + speed * (self.shown["age"] + time.monotonic() - self.told)
        day, ahead = int(hour // 24), 1 + int(np.ceil(speed / 8.0))
        if all((key, day) in self.reels for key in keys):
            self.drawn += 1
        else:
            self.late += 1
        for key in keys:
            missing = [each for each in range(day, day + ahead + 1) if (key, each) not in self.reels]
            if missing:
                path = f"/films/{key}/reels/{missing[0]}/{len(missing)}"
                for reel in self._get(connection, path):
                    self.reels[key, reel["day"]] = reel

    def _get(self, connection: http.client.HTTPConnection, path: str) -> Any:
        begun = time.monotonic()
        connection.request("GET", path)
        body = connection.getresponse().read()
        self.taken.append(time.monotonic() - begun)
        self.received += len(body)
        return json.loads(decompress(body))

    def _listen(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT)
        connection.request("GET", f"/classes/{self.code}/events")
        for line in connection.getresponse():
            if line.startswith(b"data: ") and len(line) > len(b"data: {}\n"):
                self.shown, self.told = json.loads(line[6:]), time.monotonic()


def main() -> None:
    """Print what a class costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--followers", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--speed", type=float, default=24.0, help="hours of the run in a second")
    asked = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=serve, args=(there, asked.speed))
    server.start()
    port, code = here.recv()
    followers = [Follower(port, code, asked.seconds) for _ in range(asked.followers)]
    threads = [threading.Thread(target=follower.live) for follower in followers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    here.send("enough")
    load = here.recv()
    server.join()
    frames = [follower.drawn / asked.seconds for follower in followers]
    late = sum(follower.late for follower in followers) / sum(one.drawn + one.late for one in followers)
    taken = sorted(1000.0 * each for follower in followers for each in follower.taken)
    rate = sum(follower.received for follower in followers) / asked.seconds / 1024
    print(f"{asked.followers} followers, {asked.speed:g} h/s, two communities, {asked.seconds:g} s")
    print(f"frames/s of a follower: mean {statistics.mean(frames):.2f}, least {min(frames):.2f}")
    print(f"frames that had to wait for a reel: {100 * late:.1f} %")
    print(f"answers: {len(taken) / asked.seconds:.0f}/s, median {np.median(taken):.0f} ms,", end=" ")
    print(f"95 % {np.quantile(taken, 0.95):.0f} ms, {rate:.0f} KiB/s")
    print(f"server: {100 * load:.0f} % of a core")


if __name__ == "__main__":
    main()
