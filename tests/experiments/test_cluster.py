"""Runs on a Dask cluster: the same bytes as from this machine's cores, whatever becomes of the workers."""

import os
import signal
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from experiments.command_line import main
from experiments.engines.cluster import (
    INSTALL,
    UnlikeError,
    _compare,
    _with_layout,
    description,
    do_on_cluster,
)
from experiments.engines.pool import do_all
from experiments.engines.task import Engine, Task, do
from experiments.store import Store
from experiments.sweeps.plan import read_plan
from experiments.sweeps.results import write_results
from experiments.sweeps.sweeping import do_sweep
from scenarios.errors import InputError
from scenarios.schema import Scenario

SMALL = Scenario.model_validate({"title": "small", "days": 8, "community": {"households": 50}})
ASKED = """
base: coordinated
set: {days: 8, community.households: 60}
factors: {mechanisms.tiers: [true, false]}
replications: 12
keep: [work]
"""
DEADLY = """
import os, signal
from experiments.engines import cluster
from experiments.engines.task import do
def deadly(task):
    if task.seed == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return do(task)
cluster.do = deadly
"""
"""What a worker loads for one run to kill it."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def dask(*arguments: str, allowed_failures: int = 3) -> subprocess.Popen[bytes]:
    """A part of a cluster as a process of its own."""
    command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:], "--no-dashboard"]
    env = os.environ | {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": str(allowed_failures)}
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def a_cluster(
    folder: Path, workers: int, *options: str, allowed_failures: int = 3
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and workers on this machine: its address, and the workers' processes."""
    address = f"tcp://127.0.0.1:{free_port()}"
    scheduler = dask(
        "dask_scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2],
        allowed_failures=allowed_failures,
    )  # fmt: skip
    settings = ("--no-nanny", "--nthreads", "1", "--local-directory", str(folder / "dask"), *options)
    started = [dask("dask_worker", address, *settings) for _ in range(workers)]
    try:
        wait_for(address, workers)
        yield address, started
    finally:
        for process in (*started, scheduler):
            process.kill()
            process.wait()


def wait_for(address: str, workers: int) -> None:
    """Wait until a cluster is whole, asked in another process: this one has no client but the engine's."""
    code = (
        f"import distributed, time\ntime.sleep(1)\n"
        f"distributed.Client('{address}', timeout=60).wait_for_workers({workers}, timeout=60)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=120)


def swept(folder: Path, engine: Engine, tell=lambda outcome, now: None) -> dict[str, bytes]:
    """The tables of the sweep above."""
    file = folder.with_suffix(".yaml")
    file.write_text(ASKED)
    plan = read_plan(file)
    with Store(folder) as store:
        do_sweep(plan, store, engine, tell)
        write_results(folder, plan, store)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.parquet"))
    }


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that kills at once")
def test_a_cluster_gives_the_same_bytes_and_does_not_need_all_its_workers(tmp_path):
    def kill_one(outcome, _now):
        ended.append(outcome)
        if len(ended) == 5:
            workers[0].kill()

    ended = []
    pooled = swept(tmp_path / "pooled", partial(do_all, workers=2))
    with a_cluster(tmp_path, 2) as (address, workers):
        endless = (Task("small", SMALL, seed) for seed in count(1))
        with closing(do_on_cluster(endless, address)) as outcomes:
            assert next(outcomes).status == "done"
        clustered = swept(tmp_path / "clustered", partial(do_on_cluster, address=address), kill_one)
        assert workers[0].wait(timeout=30) == -signal.SIGKILL
        assert workers[1].poll() is None
    assert len(ended) == 25, "24 runs, and once what was there before"
    assert {name for name in pooled if "/" not in name} == {"runs.parquet", "points.parquet"}
    assert len(pooled) == 26
    assert clustered == pooled


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that kills at once")
def test_a_run_that_kills_its_workers_fails_alone(tmp_path):
    deadly = tmp_path / "deadly.py"
    deadly.write_text(DEADLY)
    asked = [Task("small", SMALL, seed) for seed in range(1, 9)]
    with a_cluster(tmp_path, 3, "--preload", str(deadly), allowed_failures=0) as (address, workers):
        outcomes = {outcome.seed: outcome for outcome in do_on_cluster(asked, address)}
        dead = [worker for worker in workers if worker.poll() is not None]
    assert {seed for seed, outcome in outcomes.items() if outcome.status == "failed"} == {3}
    assert len(outcomes) == 8
    assert "KilledWorker" in outcomes[3].error
    assert len(dead) == 2, "tried with others, and once more alone"


@pytest.mark.slow
def test_a_worker_with_threads_is_refused_and_so_is_a_cluster_that_goes_away(tmp_path, capsys):
    sweep = tmp_path / "asked.yaml"
    sweep.write_text(ASKED)
    with a_cluster(tmp_path, 1, "--nthreads", "2") as (address, workers):
        with pytest.raises(UnlikeError, match=r"has 2 threads.*--nthreads 1"):
            next(do_on_cluster([Task("small", SMALL, 1)], address))
        workers[0].kill()
        began = time.monotonic()
        with pytest.raises(SystemExit) as ended:
            main(["sweep", str(sweep), "--out", str(tmp_path / "out"), "--cluster", address])
        assert time.monotonic() - began < 60.0
    assert ended.value.code == 2
    message = capsys.readouterr().err
    assert "has no workers" in message
    assert "Traceback" not in message


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://127.0.0.1:{port}", "no scheduler answers there"),
        ("127.0.0.1:{port}", "tcp://HOST:PORT"),
        ("tcp://127.0.0.1", "tcp://HOST:PORT"),
        ("tcp://127.0.0.1:123456", "tcp://HOST:PORT"),
    ],
)
def test_an_address_without_a_scheduler_is_one_clear_message(tmp_path, capsys, address, said):
    sweep = tmp_path / "asked.yaml"
    sweep.write_text(ASKED)
    with pytest.raises(SystemExit) as ended:
        main(
            [
                "sweep",
                str(sweep),
                "--out",
                str(tmp_path / "out"),
                "--cluster",
                address.format(port=free_port()),
            ]
        )
    assert ended.value.code == 2
    message = capsys.readouterr().err
    assert said in message
    assert "Traceback" not in message


def test_what_is_no_scheduler_is_refused():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        code = (
            "import socket, sys\n"
            f"server = socket.socket(fileno={server.fileno()})\n"
            "while True:\n"
            "    caller, _ = server.accept()\n"
            "    caller.sendall(b'HTTP/1.1 400 Bad Request' * 40)\n"
        )
        command = [sys.executable, "-c", code]
        with subprocess.Popen(command, pass_fds=[server.fileno()]) as stranger:
            try:
                with pytest.raises(InputError, match="no scheduler answers there"):
                    next(
                        do_on_cluster([Task("small", SMALL, 1)], f"tcp://127.0.0.1:{server.getsockname()[1]}")
                    )
            finally:
                stranger.kill()


def test_no_tasks_need_no_cluster():
    assert list(do_on_cluster([], "tcp://127.0.0.1:1")) == []


def test_without_dask_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError) as refused:
        next(do_on_cluster([Task("small", SMALL, 1)], "tcp://127.0.0.1:1"))
    assert str(refused.value) == INSTALL
    assert "pip install 'gongzhi[cluster]'" in INSTALL


def test_workers_of_a_cluster_and_of_this_machine_are_not_asked_for_at_once(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["sweep", "any.yaml", "--workers", "2", "--cluster", "tcp://127.0.0.1:1"])
    assert ended.value.code == 2
    assert "--workers" in capsys.readouterr().err


def test_a_worker_unlike_this_process_is_refused():
    ours = description()
    _compare("tcp://w:1", ours, ours)
    with pytest.raises(UnlikeError, match=r"numpy 1\.0, here"):
        _compare("tcp://w:1", ours | {"numpy": "1.0"}, ours)
    with pytest.raises(UnlikeError, match="code 0000, here"):
        _compare("tcp://w:1", ours | {"code": "0000"}, ours)
    with pytest.raises(UnlikeError, match="NPY_DISABLE_CPU_FEATURES='MADE_UP'"):
        _compare("tcp://w:1", ours | {"simd": ours["simd"] + " MADE_UP"}, ours)
    with pytest.raises(UnlikeError, match="has no gongzhi"):
        _compare("tcp://w:1", ModuleNotFoundError("No module named 'experiments'"), ours)


def test_a_layout_goes_with_its_run(tmp_path):
    here, there = tmp_path / "here.csv", tmp_path / "there"
    here.write_bytes((Path(__file__).parents[1] / "data" / "footprints.csv").read_bytes())
    place = SMALL.community.model_copy(update={"layout": str(here)})
    task = Task("small", SMALL.model_copy(update={"community": place}), 1, draws=False, keep=("buildings",))
    own, packed = do(task), zlib.compress(here.read_bytes())
    here.unlink()
    assert do(task).status == "failed", "else the file is not needed"
    sent = _with_layout(task, packed, there)
    assert do(sent).metrics == own.metrics
    assert do(sent).tables == own.tables
    assert _with_layout(task, packed, there).scenario == sent.scenario
    assert len(list(there.iterdir())) == 1
