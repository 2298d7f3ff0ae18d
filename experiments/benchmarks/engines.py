"""What doing many runs costs beside the runs: a sweep's engine and store, joblib, and Mesa's batch_run.

python -m experiments.benchmarks.engines [--runs 1000] [--workers 2]

Every engine does the same runs, one engine after another, each in a process of its own with a warm cache of
kernels. CPU is that of the whole tree of processes. The sweep keeps every run on the disk; the others keep
nothing until the end.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import click
import mesa
import psutil

_NAME = "experiments.benchmarks.engines"
"""Processes import it under this name, also where it was started as a script."""
SMALL = {"community.households": 200, "days": 30}


class Meter:
    """CPU of this process and all below it, wall time and memory, from start and from the first result."""

    def __init__(self, runs: int) -> None:
        self.runs = runs
        self.spent: list[float] = []
        self.memory: dict[int, float] = {}
        self.marks = [(time.perf_counter(), tree_cpu())]

    def add(self, cpu_s: float) -> None:
        """Count a run that spent so much CPU itself."""
        self.spent.append(cpu_s)
        if len(self.spent) in {1, self.runs}:
            self.marks.append((time.perf_counter(), tree_cpu()))
        if len(self.spent) * 4 % self.runs == 0:
            self.memory[len(self.spent)] = psutil.Process().memory_info().rss / 1e6

    def told(self) -> dict[str, Any]:
        """What was measured."""
        return {"spent": self.spent, "memory": self.memory, "marks": self.marks}


def tree_cpu() -> float:
    """CPU seconds of this process, of those below it, and of those that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = ended.ru_utime + ended.ru_stime
    for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
        times = process.cpu_times()
        total += times.user + times.system
    return float(total)


@cache
def _scenario() -> Any:
    from scenarios import load

    return load("coordinated", SMALL)


def live(seed: int) -> float:
    """One run; gives its own CPU seconds."""
    from simulation.run import run

    scenario = _scenario()
    began = time.process_time()
    run(scenario, seed)
    return time.process_time() - began


class BatchModel(mesa.Model):  # type: ignore[misc] # Mesa ships no types
    """A Mesa model whose only step is a whole run."""

    def __init__(self, rng: Any = None) -> None:
        super().__init__(rng=rng)
        self.asked = rng
        self.spent = 0.0
        self.datacollector = mesa.DataCollector(model_reporters={"spent": "spent"})

    def step(self) -> None:
        """Live the run."""
        self.spent = live(int(self.asked))
        self.datacollector.collect(self)
        self.running = False


def sweep(runs: int, workers: int) -> Meter:
    """As ``gongzhi sweep`` does them: durable before they are counted."""
    from experiments.engines.pool import do_all
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
    wall, cpu = (marks[-1][place] - marks[0][place] for place in (0, 1))
    click.echo(
        f"{name}: {wall:.1f} s, {1e3 * (cpu - sum(spent)) / runs:.1f} ms of CPU per run beside the run's "
        f"{1e3 * sum(spent) / runs:.1f} ms, {sum(spent) / wall / workers:.1%} of {workers} cores simulating"
    )
    if marks[-1][0] - marks[1][0] > wall / 2.0:  # an engine that gives all at its end has no steady state
        wall, cpu = (marks[2][place] - marks[1][place] for place in (0, 1))
        steady = sum(spent[1:])
        click.echo(
            f"    from the first result on: {1e3 * (cpu - steady) / (runs - 1):.1f} ms per run, "
            f"{steady / wall / workers:.1%} simulating"
        )
    held = ", ".join(f"{megabytes:.0f} MB after {count}" for count, megabytes in measured["memory"].items())
    click.echo(f"    memory of the parent: {held}")


if __name__ == "__main__":
    main()
