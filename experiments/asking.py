"""Files that ask for many runs: read like a scenario, with the place of everything that is wrong."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scenarios.errors import Problem, ScenarioError
from scenarios.explaining import Path as Path_
from scenarios.explaining import dotted, missing, no_key, wrong_value
from scenarios.fields import key_at, keys_of, part_for
from scenarios.merging import nearest, plain
from scenarios.names import nearest_name
from scenarios.phrases import Phrase, hinted, phrase
from scenarios.reading import Node, read_file
from scenarios.units import Misplaced, Part
from simulation.results.metrics import METRICS


def read_asked[P: Part](path: Path, schema: type[P]) -> tuple[P, Node]:
    """Read a file that asks for many runs.

    Args:
        path: the file.
        schema: what it may say.

    Returns:
        What it says, and the same as a tree whose values know their places.

    Raises:
        ScenarioError: with all problems that were found.
    """
    tree, problems = read_file(path, str(path))
    data = plain(tree)
    try:
        asked = schema.model_validate_json(json.dumps(data))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        problems += [_problem(detail, tree, data, schema) for detail in details]
        raise ScenarioError(list(dict.fromkeys(problems))) from None
    if problems:
        raise ScenarioError(problems)
    return asked, tree


def refuse(node: Node, path: str, message: Phrase | str) -> ScenarioError:
    """The error of one wrong value."""
    return ScenarioError([node.place.problem(path, message)])


def not_allowed(value: object, takes: Phrase) -> Phrase:
    """What to say of a value that cannot be, and what can."""
    return wrong_value(value, phrase("is not allowed"), takes)


def column_taken(name: str) -> Phrase:
    """What to say of a factor that is called as a column of the results is."""
    return phrase("'{name}' is a column of the results: choose another name", name=name)


def no_metric(name: str) -> Phrase:
    """What to say of a metric that there is not."""
    return hinted(phrase("no metric is called '{name}'", name=name[:60]), nearest_name(name, METRICS))


def _problem(detail: Any, tree: Node, data: Any, schema: type[Part]) -> Problem:
    path: Path_ = tuple(step for step in detail["loc"] if step != "[key]")
    found = detail.get("ctx", {}).get("error")
    message: Phrase | str
    if isinstance(found, Misplaced):
        path, message = (*path, *found.at), found.said
    elif detail["type"] == "missing":
        key, _ = key_at(path, data, schema)
        message = missing(path, key)
    elif detail["type"] == "extra_forbidden":
        _, above = key_at(path[:-1], data, schema)
        part = part_for(above, None) if above else None
        here = list(keys_of(part)) if part else []
        name = str(path[-1])
        message = hinted(no_key(name), nearest_name(name, here))
    else:
        key, kind = key_at(path, data, schema)
        takes = key.takes() if key else kind.words() if kind else None
        value = _shown(path, data)
        message = phrase("{value} is not allowed here", value=value)
        if takes is not None:
            message = not_allowed(value, takes)
    return nearest(tree, path)[0].place.problem(dotted(path), message)


def _shown(path: Path_, data: Any) -> str:
    for step in path:
        inside = (isinstance(data, dict) and step in data) or isinstance(data, list)
        data = data[step] if inside else None
    text = json.dumps(data, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:56]}…"
