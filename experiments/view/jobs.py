"""What takes a while and is done beside the page: results to download, and reports.

Each job is a process of its own, so that the page stays quick, and can be ended with all processes that it
started. It ends by itself where the server is gone, or where nobody asks about it any more.
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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from experiments.view.errors import FullError, GoneError
from experiments.view.worker import ARCHIVE, RESULT
from scenarios.schema import Scenario

MOST_JOBS = 2
"""Jobs of a server at a time."""
FORGOTTEN = 150.0
"""Seconds without a question after which nobody waits for a job; a tab behind others asks once a minute."""


class Job:
    """A command of this project, done by a process of its own.

    Args:
        kind: ``run`` or ``compare``.
        scenarios: by name.
        seeds: of the runs of each.
        language: in which the report opens.
        forgotten: seconds without a question after which it ends.

    Attributes:
        token: what it is known by; whoever has it may read its results.
        state: ``running``, ``done``, ``failed`` or ``stopped``.
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
    ) -> None:
        self.token = secrets.token_urlsafe(16)
        self.state, self.error = "running", ""
        self.done, self.drawing = 0, False
        self.of = len(scenarios) * len(seeds) if kind == "compare" else next(iter(scenarios.values())).days
        self._folder = tempfile.TemporaryDirectory(prefix="gongzhi-", ignore_cleanup_errors=True)
        self._forgotten, self._asked = forgotten, time.monotonic()
        self._ended, self._lock = threading.Event(), threading.Lock()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "experiments.view.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, encoding="utf-8", start_new_session=True,
        )  # fmt: skip
        self._hand_over(
            {
                "kind": kind,
                "scenarios": {name: one.model_dump(mode="json") for name, one in scenarios.items()},
                "seeds": list(seeds),
                "folder": self._folder.name,
                "language": language,
            }
        )
        threading.Thread(target=self._listen, args=[_open(self.process.stdout)], daemon=True).start()
        threading.Thread(target=self._watch, daemon=True).start()

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
        request_line = _open(self.process.stdin)
        with contextlib.suppress(BrokenPipeError):  # it died at once; the listener will see
            request_line.write(json.dumps(request) + "\n")
            request_line.flush()

    def _listen(self, answers: IO[str]) -> None:
        with answers as lines:
            for line in lines:
                said = json.loads(line)
                self.done, self.drawing = said.get("done", self.done), said.get("drawing", self.drawing)
                if "state" in said:
                    self._end(said["state"], said.get("error", ""))
                    return
        self._end("failed", "the process that did it was ended by the system")

    def _watch(self) -> None:
        while not self._ended.wait(min(5.0, self._forgotten)):
            if time.monotonic() - self._asked > self._forgotten:
                self.stop()

    def _end(self, state: str, error: str = "") -> None:
        with self._lock:
            if self._ended.is_set():
                return
            self.state, self.error = state, error
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            with contextlib.suppress(BrokenPipeError):
                _open(self.process.stdin).close()
            self._ended.set()


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
        self._lock = threading.Lock()

    def start(self, kind: str, scenarios: Mapping[str, Scenario], seeds: Sequence[int], language: str) -> Job:
        """Start one, see :class:`Job`.

        Raises:
            FullError: as many run as may.
        """
        with self._lock:
            if sum(job.state == "running" for job in self._jobs.values()) >= self.most:
                raise FullError("the server makes reports for others at the moment: try again in a minute")
            job = Job(kind, scenarios, seeds, language)
            self._jobs[job.token] = job
            return job

    def get(self, token: str) -> Job:
        """One by its token.

        Raises:
            GoneError: there is none, or no more.
        """
        job = self._jobs.get(token)
        if job is None:
            raise GoneError("this report is not there any more: make it again")
        return job

    def remove(self, token: str) -> None:
        """End one, and throw its results away."""
        with self._lock:
            job = self._jobs.pop(token, None)
        if job is not None:
            job.remove()

    def close(self) -> None:
        """End all."""
        for token in list(self._jobs):
            self.remove(token)


JOBS = Jobs()
"""Those of this process."""
