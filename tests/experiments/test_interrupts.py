"""Ctrl-C in a real process: it ends with 130 and no traceback, and nothing finished is lost."""

import os
import signal
import time

import pandas as pd
import pytest
from calling import started

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals"),
]


def interrupted(delay: float, *arguments: object) -> str:
    """What ``gongzhi compare`` says when it and its workers are interrupted after so many seconds."""
    with started("compare", "--workers", 2, *arguments) as process:
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGINT)
        _, message = process.communicate(timeout=60)
    assert process.returncode == 130, message
    assert "Traceback" not in message
    return message


@pytest.mark.parametrize("delay", [0.15, 0.3, 0.6, 1.0, 1.5, 3.0])
def test_ctrl_c_while_modules_load_is_quiet(tmp_path, delay):
    message = interrupted(delay, "--out", tmp_path / "out")
    assert len(message.splitlines()) <= 2


def test_ctrl_c_keeps_what_was_finished(tmp_path):
    small = ("--days", "12", "--set", "community.households=60", "--replications", "5000")
    message = interrupted(25.0, "coordinated", "fragmented", *small, "--out", tmp_path / "out")
    assert "the same command goes on from there" in message
    assert "runs that were finished" in message
    runs = pd.read_parquet(tmp_path / "out" / "runs.parquet")
    assert (runs["status"] == "done").all()
    assert 0 < len(runs) < 10_000
