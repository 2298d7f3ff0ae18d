"""Options and checks that several commands share."""

import os
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

import click

from scenarios import check_cost, load, parse_set
from scenarios.cost import mean_household
from scenarios.errors import InputError
from scenarios.schema import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress

SLOW = 2.0
"""Seconds after which loading the kernels is taken to be their first compilation."""


def _language() -> str:
    """Chinese where the terminal speaks it, else English."""
    spoken = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return "zh" if spoken.lower().startswith("zh") else "en"


language_option = click.option(
    "--language",
    type=click.Choice(["en", "zh"]),
    default=_language,
    help="Language of what is printed; files come in both.",
)
set_option = click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change one value, such as community.households=300; may be repeated.",
)
seed_option = click.option(
    "--seed", type=click.IntRange(0, 2**62), help="Seed, or the first of several.  [default: 1]"
)
days_option = click.option("--days", type=int, help="Length of the run, in place of the scenario's.")


def out_option(default: str) -> Callable[..., Any]:
    """The result folder; ``default`` says in --help which it is where nothing is said."""
    kind = click.Path(path_type=Path, file_okay=False)
    return click.option("--out", type=kind, help=f"Result folder.  [default: {default}]")


def changed(changes: Iterable[str], days: int | None) -> dict[str, object]:
    """What --set and --days change, by dotted path."""
    return parse_set(changes) | ({} if days is None else {"days": days})


def name_of(source: str) -> str:
    """What a scenario is called in tables: its shipped name, or its file's."""
    return Path(source).stem if "/" in source or os.sep in source or "." in source else source


def load_all(sources: Iterable[str], changes: dict[str, object]) -> dict[str, Scenario]:
    """Load scenarios by name, and refuse what would cost too much.

    Raises:
        ScenarioError: a scenario is wrong.
        TooLargeError: a run would cost more than its scenario allows.
        InputError: two scenarios have one name.
    """
    scenarios: dict[str, Scenario] = {}
    for source in sources:
        name = name_of(source)
        if name in scenarios:
            raise InputError(f"two scenarios are called '{name}': give one of the files another name")
        scenarios[name] = load(source, changes)
    check_costs(scenarios)
    return scenarios


def check_costs(scenarios: dict[str, Scenario]) -> None:
    """Refuse what would cost too much, before anything is built.

    Raises:
        TooLargeError: a run would cost more than its scenario allows.
    """
    for scenario in scenarios.values():
        residents = None
        if scenario.community.layout is not None:
            from simulation.layout import layout_households

            residents = layout_households(scenario.community) * mean_household(scenario)
        check_cost(scenario, residents)


@contextmanager
def kernels() -> "Iterator[None]":
    """Load the compiled kernels, saying so where this takes long because they are compiled."""
    text = "Compiling, once on this machine (up to 20 s) ..."
    notice = Timer(SLOW, lambda: click.echo(text, err=True))
    notice.daemon = True
    notice.start()
    try:
        from simulation.run import warm_up

        warm_up()
    finally:
        notice.cancel()
    yield


def progress() -> "Progress":
    """A progress bar with the time left, on stderr, silent where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
