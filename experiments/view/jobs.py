"""What takes a while and is done beside the page: results to download, and reports.

Each job is a process of its own, so that the page stays quick, and can be ended with all processes that it
started. It ends by itself where the server is gone, or where nobody asks about it any more.

Two run at a time. The others wait in a queue that goes round: first those of addresses of which nothing runs,
of these the address that was served longest ago, and of its browsers the one that was served longest ago. Two
of one address run at a time only where nobody else waits: whoever comes from elsewhere is served next.
"""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from experiments.view.errors import FullError, GoneError, Told
from experiments.view.visits import gives_way
from experiments.view.worker import ARCHIVE, RESULT
from scenarios.phrases import Phrase, in_both, phrase
from scenarios.schema import Scenario

MOST_JOBS = 2
"""Jobs of a server at a time."""
MOST_WAITING = 60
"""Jobs that wait for their turn."""
FORGOTTEN = 150.0
"""Seconds without a question after which nobody waits for a job; a tab behind others asks once a minute."""


type Owner = tuple[str, str]
"""Address and browser of whoever wants a job done."""
NOBODY: Owner = ("", "")


class Job:
    """A command of this project, done by a process of its own once it is begun.

    Args:
        kind: ``run`` or ``compare``.
        scenarios: by name.
        seeds: of the runs of each.
        language: in which the report opens.
        forgotten: seconds without a question after which it ends.
        owner: who wants it done.
        at_end: called, from any thread, when it has ended.

    Attributes:
        token: what it is known by; whoever has it may read its results.
        state: ``waiting``, ``running``, ``done``, ``failed`` or ``stopped``.
        done: runs done, or days of a single run.
        of: how many there will be.
        drawing: whether all is done but figures and report.
        error: why it failed.
    """

    def __init__(
        self,
        kind: str,
        scenarios: Mapping[str, Scenario],
        seeds: Sequence[int],
        language: str,
        forgotten: float = FORGOTTEN,
        owner: Owner = NOBODY,
        at_end: Callable[[], None] = lambda: None,
    ) -> None:
        self.token = secrets.token_urlsafe(16)
        self.owner, self._at_end = owner, at_end
        self.state: str = "waiting"
        self.error: Told = ""
        self.done, self.drawing = 0, False
        self.of = len(scenarios) * len(seeds) if kind == "compare" else next(iter(scenarios.values())).days
        self._folder = tempfile.TemporaryDirectory(prefix="gongzhi-", ignore_cleanup_errors=True)
        self._forgotten, self._asked = forgotten, time.monotonic()
        self._ended, self._lock = threading.Event(), threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._request = {
            "kind": kind,
            "scenarios": {name: one.model_dump(mode="json") for name, one in scenarios.items()},
            "seeds": list(seeds),
            "folder": self._folder.name,
            "language": language,
        }
        threading.Thread(target=self._watch, daemon=True).start()

    def claim(self) -> bool:
        """Whether it waits; from now on it counts as running."""
        with self._lock:
            waits = self.state == "waiting"
            if waits:
                self.state = "running"
            return waits

    def begin(self) -> None:
        """Start its process; nothing where it has ended meanwhile."""
        self.claim()
        with self._lock:
            if self._ended.is_set():
                return
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "experiments.view.worker"],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                    text=True, encoding="utf-8", start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                reason = error.strerror or str(error)
                problem: Phrase | None = phrase("no process can be started: {reason}", reason=reason)
            else:
                problem = None
        if problem is not None:
            self._end("failed", in_both(problem))
            return
        threading.Thread(target=self._listen, args=[_open(self.process.stdout)], daemon=True).start()
        self._hand_over(self._request)

    @property
    def process(self) -> "subprocess.Popen[str]":
        """Its process, once it was begun."""
        if self._process is None:
            raise ValueError("it has not been begun")
        return self._process

    @property
    def result(self) -> Path:
        """The result folder."""
        return Path(self._folder.name) / RESULT

    @property
    def archive(self) -> Path:
        """The result folder as a ZIP file."""
        return Path(self._folder.name) / ARCHIVE

    def status(self) -> dict[str, Any]:
        """How far it is, as plain data; counts as a question."""
        self._asked = time.monotonic()
        return {name: getattr(self, name) for name in ("state", "done", "of", "drawing", "error")}

    def stop(self) -> None:
        """End it, with all that it started; one that has ended is left as it is."""
        self._end("stopped")

    def remove(self) -> None:
        """End it and throw its results away."""
        self.stop()
        self._folder.cleanup()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, after so many seconds at most."""
        return self._ended.wait(seconds)

    def _hand_over(self, request: dict[str, Any]) -> None:
        request_line, said = _open(self.process.stdin), json.dumps(request) + "\n"
        # it died at once, which the listener will see, or was ended meanwhile, which closes the pipe
        with contextlib.suppress(BrokenPipeError, ValueError):
            request_line.write(said)
            request_line.flush()

    def _listen(self, answers: IO[str]) -> None:
        with answers as lines:
            for line in lines:
                said = json.loads(line)
                self.done, self.drawing = said.get("done", self.done), said.get("drawing", self.drawing)
                if "state" in said:
                    self._end(said["state"], said.get("error", ""))
                    return
        self._end("failed", in_both(phrase("the process that did it was ended by the system")))

    def _watch(self) -> None:
        while not self._ended.wait(min(5.0, self._forgotten)):
            if time.monotonic() - self._asked > self._forgotten:
                self.stop()

    def _end(self, state: str, error: Told = "") -> None:
        with self._lock:
            if self._ended.is_set():
                return
            self.state, self.error = state, error
            if self._process is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
                with contextlib.suppress(BrokenPipeError):
                    _open(self._process.stdin).close()
            self._ended.set()
        self._at_end()


def _open(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise ValueError("the process was started without this pipe")
    return pipe


class Jobs:
    """The jobs of a server.

    Args:
        most: that run at a time.
    """

    def __init__(self, most: int = MOST_JOBS) -> None:
        self.most = most
        self._jobs: dict[str, Job] = {}
        self._turn = 0
        self._served: dict[str | Owner, int] = {}
        """When each address and each owner among those that wait or are served had a turn last."""
        self._closed = False
        self._lock = threading.Lock()

    def start(
        self,
        kind: str,
        scenarios: Mapping[str, Scenario],
        seeds: Sequence[int],
        language: str,
        owner: Owner = NOBODY,
    ) -> Job:
        """Start one, see :class:`Job`, or let it wait for its turn.

        Raises:
            FullError: as many wait as may, and none of them has to give way.
        """
        job = Job(kind, scenarios, seeds, language, owner=owner, at_end=self._go_on)
        with self._lock:
            leaver = None
            waiting = self._in("waiting")
            full = len(waiting) >= MOST_WAITING
            if full:
                holder = gives_way(Counter(one.owner[0] for one in waiting), owner[0])
                leaver = next((one for one in reversed(waiting) if one.owner[0] == holder), None)
            if not full or leaver is not None:
                self._jobs[job.token] = job
        if full and leaver is None:
            job.remove()
            raise FullError(
                phrase("the server makes reports for others at the moment: try again in a minute")
            )
        if leaver is not None:
            leaver.stop()
        self._go_on()
        return job

    def _in(self, state: str) -> list[Job]:
        return [job for job in self._jobs.values() if job.state == state]

    def _go_on(self) -> None:
        """Begin what can be begun."""
        while True:
            with self._lock:
                job = self._next()
                if job is None:
                    return
                if not job.claim():
                    continue
                self._turn += 1
                self._served |= {job.owner[0]: self._turn, job.owner: self._turn}
            job.begin()

    def _next(self) -> Job | None:
        """Whose turn it is; None where nothing can be begun."""
        running, waiting = self._in("running"), self._in("waiting")
        present = {one for job in (*running, *waiting) for one in (job.owner, job.owner[0])}
        self._served = {one: turn for one, turn in self._served.items() if one in present}
        if self._closed or len(running) >= self.most:
            return None
        busy = {job.owner[0] for job in running}

        def turn(job: Job) -> tuple[bool, int, int]:
            address = job.owner[0]
            return address in busy, self._served.get(address, 0), self._served.get(job.owner, 0)

        return min(waiting, key=turn, default=None)

    def get(self, token: str) -> Job:
        """One by its token.

        Raises:
            GoneError: there is none, or no more.
        """
        job = self._jobs.get(token)
        if job is None:
            raise GoneError(phrase("this report is not there any more: make it again"))
        return job

    def remove(self, token: str) -> None:
        """End one, and throw its results away."""
        with self._lock:
            job = self._jobs.pop(token, None)
        if job is not None:
            job.remove()

    def close(self) -> None:
        """End all, and begin none of those that wait."""
        self._closed = True
        for token in list(self._jobs):
            self.remove(token)


JOBS = Jobs()
"""Those of this process."""
