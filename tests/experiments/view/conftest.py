"""What tests of the view share: servers of one application, in a thread, and a small lesson to change."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from gzip import decompress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import uvicorn
from small_lesson import SMALL

WAIT = 30.0
"""Seconds after which an answer is given up."""


@contextmanager
def serving(app: Any, config: uvicorn.Config | None = None) -> Iterator[str]:
    """The address of a server of an ASGI application."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = config or uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(WAIT)
        assert not thread.is_alive()


def fetched(url: str) -> tuple[int, Any]:
    """Status and JSON of an answer, refusals too."""
    try:
        with urlopen(Request(url), timeout=WAIT) as answer:  # noqa: S310 - a server of our own
            body = answer.read()
            packed = answer.headers["Content-Encoding"] == "gzip"
            return answer.status, json.loads(decompress(body) if packed else body)
    except HTTPError as refused:
        with refused:
            return refused.code, json.loads(refused.read())


@pytest.fixture
def serve() -> Callable[..., AbstractContextManager[str]]:
    """Serves an application and yields its address."""
    return serving


@pytest.fixture
def fetch() -> Callable[[str], tuple[int, Any]]:
    """Gets status and JSON of an address, refusals too."""
    return fetched


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes the small lesson with some of it replaced."""

    def write(*changes: tuple[str, str], name: str = "own.yaml") -> Path:
        text = SMALL
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write
