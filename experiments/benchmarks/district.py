"""The district of a million residents for a year: CPU seconds and peak memory.

python -m experiments.benchmarks.district [--communities 385] [--days 365]
"""

import resource
import time

import click


@click.command()
@click.option("--communities", help="Other than the shipped district's.", type=int)
@click.option("--days", default=365, show_default=True)
def main(communities: int | None, days: int) -> None:
    """Measure `district`."""
    from scenarios import load
    from simulation.model import CommunityModel
    from simulation.results.summary import summarise
    from simulation.run import warm_up

    changes = {"days": days} | ({"community.communities": communities} if communities else {})
    scenario = load("district", changes)
    warm_up()
    began = time.process_time()

    def say(what: str) -> None:
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        click.echo(f"{what:>10}: {time.process_time() - began:6.1f} s of CPU so far, peak {memory:.2f} GB")

    model = CommunityModel(scenario, rng=1)
    say(f"{model.state.population.residents:,}")
    model.run_to_end()
    say("lived")
    summarise(model.tables(), model.state)
    say("tabulated")


if __name__ == "__main__":
    main()
