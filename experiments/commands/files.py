"""Commands about scenario files: list, new, validate, schema."""

import json
import sys
from pathlib import Path

import click

from experiments.commands.options import language_option, language_option_with
from experiments.files import write
from scenarios import json_schema, new_text, shipped, validate_file
from scenarios.errors import InputError
from scenarios.phrases import Language, phrase

SUFFIXES = (".yaml", ".yml")


@click.command("list")
@language_option
def list_shipped(language: str) -> None:
    """List the shipped scenarios, a line each."""
    known = shipped()
    width = max(len(name) for name in known)
    for name, about in known.items():
        click.echo(f"{name:<{width}}  {getattr(about.asks, language)}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--from", "base", default="coordinated", show_default=True, metavar="SCENARIO")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@language_option_with("Language of the comments.")
def new(file: Path, base: str, force: bool, language: Language) -> None:
    """Write a commented YAML to start from, FILE; .yaml is added where it has no suffix.

    The scenario's title is made from the file's name.
    """
    if not file.suffix:
        file = file.with_name(f"{file.name}.yaml")
    if file.suffix.lower() not in SUFFIXES:
        raise InputError(
            phrase("{file}: ends in '{ending}': a scenario file ends in .yaml", file=file, ending=file.suffix)
        )
    if file.exists() and not force:
        raise InputError(phrase("{file}: is there already; --force writes over it", file=file))
    write(file, new_text(base, file, language))
    said = phrase("{file}: written. Change it, then: gongzhi validate {file}; gongzhi run {file}", file=file)
    click.echo(said.in_(language))


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@language_option
def validate(files: tuple[Path, ...], language: Language) -> None:
    """Check scenario files; prints file:line:column: path: what is wrong, what is allowed."""
    found = [problem for file in files for problem in validate_file(file)]
    for problem in found:
        click.echo(problem.in_(language))
    if found:
        sys.exit(2)
    one, several = phrase("1 file valid"), phrase("{count} files valid", count=len(files))
    click.echo((one if len(files) == 1 else several).in_(language))


@click.command()
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it there.")
@language_option_with("Language of what it says about each key.")
def schema(out: Path | None, language: Language) -> None:
    """Print the JSON Schema of a scenario, for editors."""
    text = json.dumps(json_schema(language), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        click.echo(text, nl=False)
    else:
        write(out, text)
