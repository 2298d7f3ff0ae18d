"""``gongzhi attribute``: what each mechanism is worth to each outcome."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from experiments.commands.options import (
    changed,
    cluster_option,
    common_options,
    engine_of,
    load_all,
    opened,
    refuse_failed,
    telling,
    workers_option,
)
from experiments.costs import check_costs
from experiments.messages import Language
from scenarios.errors import InputError, ResultError
from scenarios.names import nearest_name

if TYPE_CHECKING:
    from experiments.attribution.attributing import Asked, Precision

REPLICATIONS, AT_MOST = 20, 200


@click.command()
@click.argument("scenario")
@common_options("results/attribute-SCENARIO")
@click.option(
    "--replications", type=click.IntRange(1, 100_000),
    help=f"Random orders of the mechanisms, with seeds from --seed on.  [default: {REPLICATIONS}]",
)  # fmt: skip
@click.option(
    "--precision", metavar="METRIC=HALF_WIDTH",
    help="Add orders until each mechanism's worth to METRIC is as precise, such as case.on_time=0.01.",
)  # fmt: skip
@click.option(
    "--at-most", type=click.IntRange(1, 100_000),
    help=f"Orders at which to give up on --precision.  [default: {AT_MOST}]",
)  # fmt: skip
@click.option(
    "--interactions", is_flag=True, default=None,
    help="Also what pairs of mechanisms add together; takes about twice the runs, and many replications.",
)  # fmt: skip
@workers_option
@cluster_option
def attribute(
    scenario: str,
    replications: int | None,
    seed: int | None,
    days: int | None,
    changes: tuple[str, ...],
    precision: str | None,
    at_most: int | None,
    interactions: bool | None,
    workers: int | None,
    cluster: str | None,
    out: Path | None,
    language: Language,
) -> None:
    """What each mechanism of SCENARIO that is on is worth to each outcome, by Shapley values.

    Mechanisms join one another in random orders, each there and back under a seed of its own. Each finished
    run is kept at once: after an interrupt the same command goes on where it was, and more replications add
    to what is there. SCENARIO may be the provenance.json of an earlier attribution.
    """
    options = {"seed": seed, "replications": replications, "precision": precision, "at_most": at_most,
               "interactions": interactions}  # fmt: skip
    asked = _asked(scenario, changed(changes, days), options)
    folder = out or Path("results") / f"attribute-{asked.name}"
    engine = engine_of(workers, cluster, folder)

    from experiments.attribution.attributing import attribute as do_attribution
    from experiments.attribution.report import print_attribution
    from experiments.attribution.results import write_asked, write_results

    with opened(folder, "attribute") as store:
        write_asked(folder, asked)
        with telling(folder, store) as tell:
            orders = do_attribution(asked, store, engine, tell)
        tables = write_results(folder, asked, store, orders, language)
        planned, done = store.count_planned(), store.count_done()
    print_attribution(tables, language)
    click.echo(f"{folder}/report.html")
    refuse_failed(folder, planned, done)


def _asked(source: str, changes: dict[str, object], options: dict[str, Any]) -> "Asked":
    """What is to be attributed: as recorded, but for the options that are given."""
    from experiments import provenance
    from experiments.attribution.attributing import Asked, check
    from scenarios.varying import Variations

    recorded: dict[str, Any] = {"seed": 1, "replications": REPLICATIONS, "at_most": AT_MOST}
    if provenance.is_provenance(source):
        scenarios, description = provenance.read(Path(source), "attribute", changes)
        recorded |= _recorded(source, description)
    else:
        scenarios = load_all([source], changes)
    chosen = recorded | {name: value for name, value in options.items() if value is not None}
    ((name, scenario),) = scenarios.items()
    check_costs([scenario])
    asked = Asked(
        name,
        Variations(scenario, source),
        chosen["seed"],
        chosen["replications"],
        bool(chosen.get("interactions")),
        _precision(chosen.get("precision"), chosen["at_most"]),
    )
    check(asked)
    return asked


def _recorded(source: str, description: dict[str, Any]) -> dict[str, Any]:
    """The options of an earlier attribution."""
    options = description.get("attribute")
    if not isinstance(options, dict) or len(description["scenarios"]) != 1:
        raise ResultError(f"{source}: attribute: what was asked is missing")
    known: dict[str, Any] = {name: options[name] for name in _RECORDED if options.get(name) is not None}
    for name, value in known.items():
        if type(value) is not _RECORDED[name] or (_RECORDED[name] is int and value < 1):
            raise ResultError(f"{source}: attribute: {name}: {value!r} is not allowed")
    return {"seed": description["seeds"][0]} | known


_RECORDED: dict[str, Any] = {"replications": int, "interactions": bool, "precision": str, "at_most": int}


def _precision(text: str | None, at_most: int) -> "Precision | None":
    from experiments.attribution.attributing import Precision
    from simulation.results.metrics import METRICS

    if text is None:
        return None
    metric, _, number = text.partition("=")
    if metric not in METRICS:
        near = nearest_name(metric, METRICS)
        raise InputError(f"--precision: no metric is called '{metric[:60]}'; {near}")
    try:
        half_width = float(number)
    except ValueError:
        half_width = float("nan")
    if not 0.0 < half_width < float("inf"):
        raise InputError(f"--precision: '{number[:60]}' is no half-width: give METRIC=NUMBER above 0")
    return Precision(metric, half_width, at_most)
