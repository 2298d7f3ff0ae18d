"""The process of a job: does what ``gongzhi run`` or ``gongzhi compare`` does, and says how far it is.

The request comes as a line of JSON on standard input, which stays open as long as somebody wants the result;
each line of JSON on standard output says what has changed.
"""

import contextlib
import json
import os
import shutil
import signal
import sys
import threading
from functools import partial
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

RESULT = "result"
"""The result folder, within the job's folder."""
ARCHIVE = "results.zip"


def main() -> None:
    """Do what standard input asks for."""
    from experiments.engines.pool import pin_threads

    pin_threads()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print is none of the answer
    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_server, args=[request["folder"]], daemon=True).start()
    os.nice(5)  # whoever watches comes first
    try:
        do(request, out)
    except Exception as error:  # noqa: BLE001 - whatever it is, the page says so
        from experiments.view.errors import told_of

        _tell(out, state="failed", error=told_of(error))
    else:
        _tell(out, state="done")


def _end_with_the_server(folder: str) -> None:
    """Wait for the end of standard input, and then leave neither files nor processes of this job."""
    while os.read(0, 4096):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def _tell(out: IO[str], **news: Any) -> None:
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(news), file=out, flush=True)


def do(request: dict[str, Any], out: IO[str]) -> None:
    """Do what a request asks for.

    Args:
        request: kind, scenarios, seeds, folder and language, see :class:`experiments.view.jobs.Job`.
        out: where to say how far it is.
    """
    from scenarios import from_data
    from simulation.run import warm_up

    scenarios = {name: from_data(data, name) for name, data in request["scenarios"].items()}
    folder = Path(request["folder"])
    warm_up()
    make = _run if request["kind"] == "run" else _compare
    make(scenarios, request, folder / RESULT, out)
    temporary = folder / f".{ARCHIVE}"
    with ZipFile(temporary, "w", ZIP_DEFLATED) as archive:
        for path in sorted((folder / RESULT).iterdir()):
            archive.write(path, path.name)
    temporary.replace(folder / ARCHIVE)


def _run(scenarios: dict[str, Any], request: dict[str, Any], folder: Path, out: IO[str]) -> None:
    from experiments.results import write_run
    from simulation.run import run

    ((name, scenario),) = scenarios.items()
    (seed,) = request["seeds"]
    result = run(scenario, seed, tell=lambda day: _tell(out, done=day))
    _tell(out, done=scenario.days, drawing=True)
    write_run(folder, name, scenario, seed, result, "gongzhi run provenance.json", request["language"])


def _compare(scenarios: dict[str, Any], request: dict[str, Any], folder: Path, out: IO[str]) -> None:
    from experiments.comparing import compare
    from experiments.engines.pool import cores, do_all
    from experiments.results import write_comparison
    from experiments.store import Progress, Store

    def tell(_outcome: object, far: Progress) -> None:
        _tell(out, done=far.done)

    runs = folder.with_name("runs")  # kept while it works, and no part of what is taken away
    runs.mkdir()
    with Store(runs) as store:
        engine = partial(do_all, workers=max(1, cores() - 1))
        comparison = compare(scenarios, request["seeds"], store, engine, tell, {})
        _tell(out, drawing=True)
        command = "gongzhi compare provenance.json"
        write_comparison(folder, comparison, request["seeds"], command, request["language"])


if __name__ == "__main__":
    main()
