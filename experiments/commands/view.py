"""``gongzhi view``: the page that a trainer shows."""

from pathlib import Path

import click

from experiments.commands.options import load_all
from experiments.costs import check_costs
from scenarios import DEFAULT_COMPARISON
from scenarios.errors import InputError
from scenarios.phrases import phrase

LOCAL = ("127.0.0.1", "localhost", "::1")


@click.command()
@click.argument("scenarios", nargs=-1)
@click.option("--port", type=click.IntRange(0, 65_535), default=8765, show_default=True, help="Port.")
@click.option(
    "--host", default="127.0.0.1", show_default=True,
    help="Address to listen at; 0.0.0.0 lets others on the network in.",
)  # fmt: skip
@click.option(
    "--lessons", type=click.Path(path_type=Path), metavar="DIR",
    help="Folder of lessons of your own, NAME.yaml each, beside the shipped ones.",
)  # fmt: skip
@click.option(
    "--visitors", type=click.IntRange(1, 1000), default=60, show_default=True,
    help="Pages that may be open at a time.",
)  # fmt: skip
@click.option("--allow", multiple=True, metavar="NAME", help="A host name by which visitors may reach it.")
def view(
    scenarios: tuple[str, ...],
    port: int,
    host: str,
    lessons: Path | None,
    visitors: int,
    allow: tuple[str, ...],
) -> None:
    """Show one SCENARIO, or two side by side, in a browser."""
    if len(scenarios) > 2:
        raise InputError(phrase("two scenarios fit beside each other: name at most two"))
    asked = load_all(scenarios or DEFAULT_COMPARISON[:2], {})
    check_costs(asked.values())

    from experiments.view.film import Films
    from experiments.view.reading_lessons import read_lessons
    from experiments.view.server import make_app, serve

    Films().check(asked.values())
    given = read_lessons(lessons)
    shown = list(asked.items())
    app = make_app(shown, allow, any_address=host not in LOCAL, lessons=given, visitors=visitors)
    serve(app, host, port, lambda address: click.echo(f"{address}  (Ctrl-C ends)"))
    click.echo("stopped")
