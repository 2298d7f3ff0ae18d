"""The command ``gongzhi``: its subcommands, and how it ends."""

import sys
from typing import Any

import click

from experiments.commands.attribute import attribute
from experiments.commands.calibrate import calibrate
from experiments.commands.compare import compare
from experiments.commands.discover import discover
from experiments.commands.files import list_shipped, new, schema, validate
from experiments.commands.optimise import optimise
from experiments.commands.options import Spoken, spoken_here
from experiments.commands.run import run
from experiments.commands.sweep import sweep
from experiments.commands.view import view
from experiments.engines.pool import pin_threads
from scenarios.errors import GongzhiError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="gongzhi")
def gongzhi() -> None:
    """Gongzhi (共治): a simulation of how a community is governed.

    SCENARIO is the name of a shipped scenario (see `gongzhi list`) or a path to a YAML file.
    """


_COMMANDS = (
    *(list_shipped, new, validate, schema, run, compare),
    *(sweep, discover, attribute, optimise, calibrate, view),
)
for _command in _COMMANDS:
    gongzhi.add_command(_command)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; ends the process with 0, 1, 2 or 130."""
    pin_threads()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    spoken = Spoken(spoken_here())
    try:
        gongzhi.main(arguments, prog_name="gongzhi", standalone_mode=False, obj=spoken)
    except GongzhiError as error:
        text = error.in_(spoken.language)
        click.echo(text if "\n" in text else f"gongzhi: {text}", err=True)
        sys.exit(error.exit_code)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("gongzhi: interrupted", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # whoever read what is printed has read enough; files are written before
        sys.stdout = None
        sys.exit(0)
    except MemoryError:
        click.echo("gongzhi: out of memory: ask for fewer communities or fewer workers", err=True)
        sys.exit(1)
