"""Options and checks that several commands share."""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scenarios import load, parse_set
from scenarios.errors import InputError, RunFailedError
from scenarios.phrases import LANGUAGES, Language, hinted, phrase
from scenarios.schema import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress

    from experiments.engines.task import Engine, Outcome
    from experiments.store import Progress as Done
    from experiments.store import Store


@dataclass(slots=True)
class Spoken:
    """In which language the command line tells of errors."""

    language: Language


def spoken_here() -> Language:
    """Chinese where the terminal speaks it, else English."""
    spoken = next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return "zh" if spoken.lower().startswith("zh") else "en"


def _speak(context: click.Context, _option: click.Parameter, language: str) -> str:
    """Have errors told in the language asked for, too."""
    if isinstance(context.obj, Spoken):
        context.obj.language = "zh" if language == "zh" else "en"
    return language


def language_option_with(text: str) -> Callable[..., Any]:
    """The option ``--language`` with a help text of its own."""
    return click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default=spoken_here,
        callback=_speak,
        is_eager=True,
        help=text,
    )


language_option = language_option_with("Language of what is printed; files come in both.")
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
workers_option = click.option(
    "--workers", type=click.IntRange(1, 1024), help="Processes.  [default: one per core]"
)
cluster_option = click.option(
    "--cluster",
    metavar="tcp://HOST:PORT",
    help="Do the runs on the Dask cluster of this scheduler, in place of this machine's cores.",
)
days_option = click.option("--days", type=int, help="Length of the run, in place of the scenario's.")


def engine_of(workers: int | None, cluster: str | None, folder: Path) -> "Engine":
    """What does the runs: a cluster where one is named, else this machine's cores.

    Those begin to load what runs need at once, while the runs are still planned, unless the folder holds runs
    already and perhaps none is left to do.

    Raises:
        InputError: both are asked for.
    """
    if cluster is not None:
        from experiments.engines.cluster import do_on_cluster

        if workers is not None:
            raise InputError("--workers is for this machine's cores: a cluster has the workers it was given")
        return partial(do_on_cluster, address=cluster)
    from experiments.engines.pool import cores, do_all, prepare
    from experiments.store import FILE

    workers = workers or cores()
    if not (folder / FILE).exists():
        prepare(workers)
    return partial(do_all, workers=workers)


def out_option(default: str) -> Callable[..., Any]:
    """The result folder; ``default`` says in --help which it is where nothing is said."""
    kind = click.Path(path_type=Path, file_okay=False)
    return click.option("--out", type=kind, help=f"Result folder.  [default: {default}]")


def common_options(default_out: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What ``run`` and ``compare`` have in common: seed, days, changes, result folder, language."""
    options = (seed_option, days_option, set_option, out_option(default_out), language_option)

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def changed(changes: Iterable[str], days: int | None) -> dict[str, object]:
    """What --set and --days change, by dotted path."""
    return parse_set(changes) | ({} if days is None else {"days": days})


def name_of(source: str) -> str:
    """What a scenario is called in tables: its shipped name, or its file's."""
    return Path(source).stem if "/" in source or os.sep in source or "." in source else source


def load_all(sources: Iterable[str], changes: dict[str, object]) -> dict[str, Scenario]:
    """Load scenarios by name.

    Raises:
        ScenarioError: a scenario is wrong.
        InputError: two scenarios have one name.
    """
    scenarios: dict[str, Scenario] = {}
    for source in sources:
        name = name_of(source)
        if name in scenarios:
            raise InputError(
                hinted(
                    phrase("two scenarios are called '{name}'", name=name),
                    phrase("give one of the files another name"),
                )
            )
        scenarios[name] = load(source, changes)
    return scenarios


def warn_of_other(description: Mapping[str, Any]) -> None:
    """Say in one line where a result was recorded with other versions, other code or on another machine."""
    from experiments.provenance import differences

    found = differences(description)
    if found:
        click.echo(f"recorded with {', '.join(found)}: numbers may differ", err=True)


def hold_against(what: str, recorded: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Say whether an earlier result was made again bit for bit."""
    differing = sorted(name for name, digest in recorded.items() if found.get(name, digest) != digest)
    if differing:
        click.echo(f"differs from the recorded {what} in: {', '.join(differing)}", err=True)
    else:
        click.echo("the same as recorded, bit for bit", err=True)


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


@contextmanager
def opened(folder: Path, kind: str) -> "Iterator[Store]":
    """The store in a result folder of a kind."""
    from experiments.folders import claim
    from experiments.store import Store

    claim(folder, kind)
    with Store(folder) as store:
        yield store


def refuse_failed(folder: Path, planned: int, done: int, more: str = "") -> None:
    """End with a failure where runs that were planned failed.

    Raises:
        RunFailedError: some did.
    """
    if done < planned:
        raise RunFailedError(
            f"{planned - done} of {planned} runs failed; {folder}/runs.parquet says why{more}"
        )


@contextmanager
def telling(folder: Path, store: "Store") -> "Iterator[Callable[[Outcome | None, Done], None]]":
    """Say how far runs are that are put into a store, which of them failed, and how to go on after Ctrl-C."""
    with progress() as bar:
        runs = bar.add_task("runs", total=None)

        def tell(outcome: "Outcome | None", now: "Done") -> None:
            bar.update(runs, total=now.asked, completed=now.done)
            if outcome is None and now.done:
                click.echo(f"{now.done} of {now.asked} runs are there already", err=True)
            if outcome is not None and outcome.error is not None:
                click.echo(f"{outcome.name}, seed {outcome.seed}, failed: {outcome.error}", err=True)

        try:
            yield tell
        except KeyboardInterrupt:
            click.echo(
                f"interrupted: {folder} keeps {store.count_done()} runs; the same command goes on from there",
                err=True,
            )
            raise
