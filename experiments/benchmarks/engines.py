"""What doing many runs costs beside the runs: a sweep's engine and store, joblib, and Mesa's batch_run.

python -m experiments.benchmarks.engines [--runs 1000] [--workers 2]

Every engine does the same runs, one engine after another, each in a process of its own with a warm cache of
kernels. CPU is that of the whole tree of processes, from the start of that process, imports and all, to its
end. On a machine with fewer free cores than workers the share of cores that simulate says little; CPU does.
The sweep keeps every run on the disk and ends with its tables; the others keep nothing.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
import psutil

from experiments.benchmarks.small_run import SMALL, live

_NAME = "experiments.benchmarks.engines"
"""Processes import it under this name, also where it was started as a script."""


class Meter:
    """CPU of this process and all below it, wall time since it started, and its memory."""

    def __init__(self, runs: int) -> None:
        self.runs = runs
        self.spent: list[float] = []
        self.memory: dict[int, float] = {}
        self.marks: list[tuple[float, float]] = []
        """At the first result, at the last, and at the end: seconds since the start, and CPU."""

    def add(self, cpu_s: float) -> None:
        """Count a run that spent so much CPU itself."""
        self.spent.append(cpu_s)
        if len(self.spent) in {1, self.runs}:
            self.mark()
        if len(self.spent) * 4 % self.runs == 0:
            self.memory[len(self.spent)] = psutil.Process().memory_info().rss / 1e6

    def mark(self) -> None:
        """Note the time and what was spent."""
        self.marks.append((time.time() - psutil.Process().create_time(), tree_cpu()))

    def told(self) -> dict[str, Any]:
        """What was measured."""
        self.mark()
        return {"spent": self.spent, "memory": self.memory, "marks": self.marks}


def tree_cpu() -> float:
    """CPU seconds of this process, of those below it, and of those below either that have ended."""
    processes = (psutil.Process(), *psutil.Process().children(recursive=True))
    return float(sum(sum(process.cpu_times()[:4]) for process in processes))


def sweep(runs: int, workers: int) -> Meter:
    """As ``gongzhi sweep`` does them: durable before they are counted."""
    from experiments.engines.pool import do_all, prepare

    prepare(workers)
    from experiments.engines.task import Outcome
    from experiments.store import Progress, Store
    from experiments.sweeps.plan import read_plan
    from experiments.sweeps.results import write_asked, write_results
    from experiments.sweeps.sweeping import do_sweep

    def tell(outcome: Outcome | None, _: Progress) -> None:
        if outcome is not None:
            meter.add(outcome.cpu_s)

    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "sweep.yaml"
        settings = ", ".join(f"{path}: {value}" for path, value in SMALL.items())
        file.write_text(
            f"set: {{{settings}}}\nreplications: {runs // 10}\n"
            "factors: {digital.automation: {low: 0, high: 1, levels: 10}}\n"
        )
        meter = Meter(runs)
        plan = read_plan(file)
        folder = Path(place) / "out"
        with Store(folder) as store:
            write_asked(folder, plan)
            do_sweep(plan, store, partial(do_all, workers=workers), tell)
            write_results(folder, plan, store)
    return meter


def joblib(runs: int, workers: int) -> Meter:
    """The processes of joblib."""
    from joblib import Parallel, delayed

    meter = Meter(runs)
    calls = (delayed(live)(seed) for seed in range(1, runs + 1))
    for spent in Parallel(n_jobs=workers, return_as="generator_unordered")(calls):
        meter.add(spent)
    return meter


def batch_run(runs: int, workers: int) -> Meter:
    """Mesa's own, which gives everything at its end."""
    from mesa.batchrunner import batch_run as mesa_batch_run

    from experiments.benchmarks.batch_model import BatchModel

    meter = Meter(runs)
    seeds = list(range(1, runs + 1))
    rows = mesa_batch_run(BatchModel, {}, rng=seeds, number_processes=workers, display_progress=False)
    for row in rows:
        meter.add(row["spent"])
    return meter


ENGINES: dict[str, Callable[[int, int], Meter]] = {"sweep": sweep, "joblib": joblib, "batch_run": batch_run}


@click.command()
@click.option("--runs", default=1000, show_default=True, help="A multiple of 20.")
@click.option("--workers", default=2, show_default=True)
@click.option("--engine", type=click.Choice(list(ENGINES)), help="Only this one, and print what it measured.")
def main(runs: int, workers: int, engine: str | None) -> None:
    """Measure the engines on 200 households for 30 days."""
    from experiments.engines.pool import pin_threads

    pin_threads()
    if engine is not None:
        click.echo(json.dumps(ENGINES[engine](runs, workers).told()))
        return
    from simulation.run import warm_up

    warm_up()
    for name in ENGINES:
        command = [sys.executable, "-c", f"from {_NAME} import main; main()", "--engine", name]
        command += ["--runs", str(runs), "--workers", str(workers)]
        measured = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
        _report(name, json.loads(measured.stdout.splitlines()[-1]), runs, workers)


def _report(name: str, measured: dict[str, Any], runs: int, workers: int) -> None:
    spent, marks = measured["spent"], measured["marks"]
    first, last, (wall, cpu) = marks
    click.echo(
        f"{name}: {wall:.1f} s, {1e3 * (cpu - sum(spent)) / runs:.1f} ms of CPU per run beside the run's "
        f"{1e3 * sum(spent) / runs:.1f} ms, {sum(spent) / wall / workers:.1%} of {workers} cores simulating"
    )
    click.echo(f"    first result after {first[0]:.1f} s, {wall - last[0]:.1f} s from the last to the end")
    if last[0] - first[0] > wall / 2.0:  # an engine that gives all at its end has no steady state
        wall, cpu = (last[place] - first[place] for place in (0, 1))
        steady = sum(spent[1:])
        click.echo(
            f"    from the first result on: {1e3 * (cpu - steady) / (runs - 1):.1f} ms per run, "
            f"{steady / wall / workers:.1%} simulating"
        )
    held = ", ".join(f"{megabytes:.0f} MB after {count}" for count, megabytes in measured["memory"].items())
    click.echo(f"    memory of the parent: {held}")


if __name__ == "__main__":
    main()
