"""``gongzhi discover``: in which settings of a sweep something happens."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from experiments.commands.options import language_option, out_option
from experiments.messages import LANGUAGES, Language
from scenarios.errors import InputError

if TYPE_CHECKING:
    from experiments.sensitivity.settings import Settings

TABLE = "discovery.parquet"
FIGURE = "discovery"


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--metric", required=True, help="The metric in question, such as case.on_time.")
@click.option("--below", type=float, help="Seek settings whose mean is below this, in the metric's own unit.")
@click.option("--above", type=float, help="Seek settings whose mean is above this.")
@click.option(
    "--loses", metavar="A", help="Seek settings in which A does worse than --to B, with the same seeds."
)
@click.option("--to", "winner", metavar="B", help="See --loses.")
@click.option(
    "--factor", default="scenario", show_default=True, help="The factor of which A and B are values."
)
@click.option("--clearly", is_flag=True, help="With --loses: only where the 95 % interval excludes 0.")
@click.option(
    "--depth", type=click.IntRange(1, 10), default=3, show_default=True, help="Most limits of a rule."
)
@out_option("DIR")
@language_option
def discover(
    folder: Path,
    metric: str,
    below: float | None,
    above: float | None,
    loses: str | None,
    winner: str | None,
    factor: str,
    clearly: bool,
    depth: int,
    out: Path | None,
    language: Language,
) -> None:
    """Find rules that say in which settings of the sweep in DIR something happens.

    Give one of --below, --above, or --loses with --to. A classification tree parts the settings; the rules
    are printed with coverage, density and what they are worth for settings held out, and kept in
    discovery.parquet and a figure.
    """
    if sum(way is not None for way in (below, above, loses)) != 1 or (loses is None) != (winner is None):
        raise InputError("give one of --below X, --above X, or --loses A with --to B")
    if clearly and loses is None:
        raise InputError("--clearly goes with --loses A --to B")

    from experiments.figures.discovery import discovery_figure
    from experiments.figures.style import render
    from experiments.files import parquet, write_all
    from experiments.sensitivity import discovery, settings
    from experiments.sensitivity.words import left_out, sentences

    runs, factors = settings.read_runs(folder, metric)
    found: Settings
    if loses is not None and winner is not None:
        found = settings.lost(runs, factors, metric, factor, loses, winner, clear=clearly)
    else:
        threshold = float(above if below is None else below)  # type: ignore[arg-type] # one of them is given
        found = settings.beyond(runs, factors, metric, threshold, below=below is not None)
    boxes = discovery.discover(found, depth, seed=1)
    what = {one: _what(metric, below, above, loses, winner, clearly, one) for one in LANGUAGES}
    for sentence in sentences(boxes, what[language], language):
        click.echo(sentence)
    if found.left_out:
        click.echo(left_out(found.left_out, language), err=True)
    files = {TABLE: parquet(discovery.table(boxes))}
    for one in LANGUAGES:
        files |= render(discovery_figure(found, boxes, what[one], one), f"{FIGURE}.{one}")
    write_all(out or folder, files)


def _what(
    metric: str,
    below: float | None,
    above: float | None,
    loses: str | None,
    winner: str | None,
    clearly: bool,
    language: Language,
) -> str:
    """What is sought, in words."""
    from experiments.amounts import with_unit
    from experiments.messages import label_of, say

    label = label_of(metric, language)
    if loses is not None:
        key = "discovery_loses_clearly" if clearly else "discovery_loses"
        return say(key, language, loser=loses, winner=winner, metric=label)
    key, threshold = ("discovery_below", below) if below is not None else ("discovery_beyond", above)
    return say(key, language, metric=label, value=with_unit(metric, threshold, language))
