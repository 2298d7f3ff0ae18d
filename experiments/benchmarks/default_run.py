"""The default run: CPU seconds compiled, and the plain reference of the same rules beside it, in one go.

python -m experiments.benchmarks.default_run [--days 365] [--runs 5] [--without-reference]
"""

import statistics
import time

import click


@click.command()
@click.option("--days", default=365, show_default=True)
@click.option("--runs", default=5, show_default=True, help="Runs of the compiled model.")
@click.option("--without-reference", is_flag=True)
def main(days: int, runs: int, without_reference: bool) -> None:
    """Measure `coordinated`."""
    from scenarios import load
    from simulation.model import CommunityModel
    from simulation.run import run, warm_up

    scenario = load("coordinated", {"days": days})
    began = time.perf_counter()
    warm_up()
    click.echo(f"kernels compiled or loaded in {time.perf_counter() - began:.1f} s")
    compiled = []
    for seed in range(1, runs + 1):
        began = time.process_time()
        run(scenario, seed)
        compiled.append(time.process_time() - began)
    middle = statistics.median(compiled)
    click.echo(
        f"compiled: {middle:.3f} s of CPU (median of {runs}; {min(compiled):.3f} to {max(compiled):.3f})"
    )
    if without_reference:
        return
    began = time.process_time()
    model = CommunityModel(scenario, rng=1, plain=True)
    model.run_to_end()
    model.summary()
    plain = time.process_time() - began
    click.echo(f"plain reference: {plain:.1f} s of CPU; {plain / middle:.0f} times the compiled run")


if __name__ == "__main__":
    main()
