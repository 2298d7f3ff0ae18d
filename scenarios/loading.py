"""Loading scenarios: by name or file, over the scenario they extend, with changes from the command line."""

import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ValidationError

from scenarios.cases import Title
from scenarios.changing import no_path, problems_of_changes
from scenarios.cost import check_cost
from scenarios.errors import Problem, ScenarioError, TooLargeError
from scenarios.explaining import MOST_PROBLEMS, explain
from scenarios.fence import Fence, about_file
from scenarios.merging import NAMED, Layers, defaults, find, nested, plain, put, tree_of, without
from scenarios.names import did_you_mean
from scenarios.phrases import Phrase, hinted, listed, phrase
from scenarios.reading import Node, Place, read_bytes, read_file, read_value
from scenarios.schema import Scenario

FOLDER = Path(__file__).parent
SUFFIXES = {".yaml", ".yml", ".json"}
MOST_EXTENDS = 10

SHIPPED = (
    "coordinated",
    "fragmented",
    "tiers_only",
    "grid_only",
    "broadcast",
    "pressured",
    "no_platform",
    "no_incentives",
    "stretched",
    "ageing_estate",
    "street",
    "district",
)
"""Names of the shipped scenarios, in the order in which to show them."""

DEFAULT_COMPARISON = (
    "coordinated",
    "fragmented",
    "tiers_only",
    "grid_only",
    "broadcast",
    "pressured",
    "stretched",
)
"""What ``gongzhi compare`` compares where nothing is named: the most telling ones, all of the same people."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A shipped scenario's name for people and its question."""

    title: Title
    asks: Title


def load(source: str | Path, set: Mapping[str, object] | Iterable[str] = ()) -> Scenario:  # noqa: A002 - the contract's name
    """Load a scenario.

    Args:
        source: name of a shipped scenario, or a file: a text with a path separator or the ending ``.yaml``,
            ``.yml`` or ``.json``, or a :class:`~pathlib.Path`.
        set: values to change, by dotted path, as plain Python data; or texts ``path=value`` as the command
            line has them.

    Raises:
        ScenarioError: with all problems that were found.
    """
    changes = set if isinstance(set, Mapping) else parse_set(set)
    file, path = _locate(source)
    chain = _Chain()
    layers = chain.build(path, file)
    for dotted, value in changes.items():
        layers.lay(_change(dotted, value))
    return _scenario(layers, file, extends=len(chain.files) > 1)


def from_text(text: str, file: str, folder: Path, trusted: Collection[str] = ()) -> Scenario:
    """A scenario from a text by somebody who may not read every file of this machine.

    Args:
        text: as a scenario file has it.
        file: what to call it in messages; its stem is the title where the text has none.
        folder: what the text's paths are relative to; it may use no file that lies elsewhere or is hidden.
        trusted: layouts, by their full path, that it may use wherever they lie.

    Raises:
        ScenarioError: with all problems that were found.
    """
    tree, problems = read_bytes(text.encode(errors="surrogatepass"), file)
    layers = _Chain(Fence(folder, trusted)).lay(tree, problems, folder / Path(file).name, file)
    return _scenario(layers, file, extends=find(tree, ("extends",)) is not None)


def from_data(
    data: Mapping[str, object],
    file: str = "scenario",
    set: Mapping[str, object] | Iterable[str] = (),  # noqa: A002 - as in load
) -> Scenario:
    """A scenario from plain data, such as ``Scenario.model_dump(mode="json")`` gives.

    Args:
        data: the whole scenario; what it leaves out has its default.
        file: what to call it in messages.
        set: values to change, as for :func:`load`; or nodes, which know the places that messages point at.

    Raises:
        ScenarioError: with all problems that were found.
    """
    layers = Layers(_base(tree_of(data, Place(file))))
    layers.lay(tree_of(data, Place(file)))
    for dotted, value in (set if isinstance(set, Mapping) else parse_set(set)).items():
        layers.lay(_change(dotted, value))
    return _scenario(layers, file, extends=False)


def parse_set(texts: Iterable[str]) -> dict[str, object]:
    """Read ``path=value`` texts; each value is YAML: a number, text, true, null, [list] or {mapping}.

    Raises:
        ScenarioError: for a text without ``=`` or a value that is no YAML.
    """
    changes: dict[str, object] = {}
    problems: list[Problem] = []
    for text in texts:
        path, equals, value = text.partition("=")
        place = Place("--set")
        if not equals:
            problems.append(
                place.problem("", phrase("'{text}' has no '=': write path=value", text=text[:60]))
            )
            continue
        try:
            changes[path.strip()] = plain(read_value(value, place))
        except ScenarioError as error:
            problems += [place.problem(path.strip(), problem.said) for problem in error.problems]
    if problems:
        raise ScenarioError(problems)
    return changes


def shipped() -> dict[str, Shipped]:
    """Title and question of each shipped scenario, by name."""
    described: dict[str, Shipped] = {}
    for name in SHIPPED:
        data = plain(read_file(FOLDER / f"{name}.yaml", name)[0])
        described[name] = Shipped(Title(**data["title"]), Title(**data["asks"]))
    return described


def validate_file(source: str | Path) -> list[Problem]:
    """All that is wrong with a scenario, its cost included; nothing where it is fine."""
    try:
        scenario = load(source)
        if scenario.community.layout is None:  # else the layout decides the size
            check_cost(scenario)
    except ScenarioError as error:
        return error.problems
    except TooLargeError as error:
        return [Problem(str(source), None, None, "", error.args[0])]
    return []


@dataclass(slots=True)
class _Chain:
    """The files from the one asked for down to the one that extends none."""

    fence: Fence | None = None
    """What keeps a text from reading any file; None for a user's own files."""
    files: list[Path] = field(default_factory=list)

    def build(self, path: Path, file: str) -> Layers:
        """Read a file and all that it extends, and lay them over each other."""
        tree, problems = read_file(path, file)
        self.files.append(path.resolve())
        return self.lay(tree, problems, path, file)

    def lay(self, tree: Node, problems: list[Problem], path: Path, file: str) -> Layers:
        """Lay what was read over all that it extends."""
        extends = find(tree, ("extends",))
        over = without(tree, ("extends",))
        if self.fence is not None and (outside := self.fence.problem_of_layout(over, path.parent)):
            problems = [*problems, outside]
            over = without(over, ("community", "layout"))
        over = _resolve_layout(over, path.parent)
        if extends is None:
            layers = Layers(_base(over))
        else:
            layers = self._below(extends, path, file, problems)
            layers.tree = without(layers.tree, ("title",), ("asks",))
        layers.problems += problems
        layers.lay(over)
        return layers

    def _below(self, extends: Node, path: Path, file: str, problems: list[Problem]) -> Layers:
        def refuse(message: Phrase) -> ScenarioError:
            return ScenarioError([*problems, extends.place.problem("extends", message)])

        name = extends.value
        if not isinstance(name, str) or not name:
            raise refuse(phrase("give the name of a shipped scenario, or a file relative to this one"))
        if len(self.files) > MOST_EXTENDS:
            raise refuse(phrase("more than {most} scenarios extend one another", most=MOST_EXTENDS))
        if is_file(name):
            below, label = path.parent / name, os.path.normpath(Path(file).parent / name)
            if self.fence is not None and (reason := self.fence.refusal(below, SUFFIXES)):
                raise refuse(about_file(label[:80], reason))
            if not _is_there(below):
                raise refuse(phrase("there is no file '{name}'", name=label))
        else:
            if name not in SHIPPED:
                raise refuse(_no_such_name(name))
            below, label = FOLDER / f"{name}.yaml", name
        if below.resolve() in self.files:
            raise refuse(phrase("'{name}' extends this scenario in turn: a circle", name=name))
        return self.build(below, label)


def _base(over: Node) -> Node:
    """The defaults, without those names that a file gives a whole set of its own of."""
    given = [path for path in NAMED if (node := find(over, path)) is not None and node.value is not None]
    return without(defaults(), *given)


def is_file(source: str) -> bool:
    """Whether a text names a file, not a shipped scenario."""
    return "/" in source or os.sep in source or Path(source).suffix.lower() in SUFFIXES


def _locate(source: str | Path) -> tuple[str, Path]:
    if isinstance(source, Path) or is_file(source):
        return str(source), Path(source)
    if source not in SHIPPED:
        raise ScenarioError([Problem(source, None, None, "", _no_such_name(source))])
    return source, FOLDER / f"{source}.yaml"


def _no_such_name(name: str) -> Phrase:
    return phrase(
        "{said} (there are: {names}; a file is named with its path or its ending .yaml)",
        said=hinted(
            phrase("no shipped scenario is called '{name}'", name=name[:60]), did_you_mean(name, SHIPPED, 0.5)
        ),
        names=listed(SHIPPED),
    )


def _resolve_layout(tree: Node, folder: Path) -> Node:
    """Make ``community.layout`` absolute, since only here is it known which file it is relative to."""
    layout = find(tree, ("community", "layout"))
    if layout is None or not isinstance(layout.value, str):
        return tree
    absolute = Node(os.path.abspath(folder / layout.value), layout.place, layout.key)
    return put(tree, ("community", "layout"), absolute)


def _change(dotted: str, value: object) -> Node:
    """One value at its path, as a tree; it may know the place from which it comes."""
    place = value.key if isinstance(value, Node) else Place("--set")
    steps = dotted.split(".")
    if not all(steps):
        raise ScenarioError([place.problem("", no_path(dotted, "community.households"))])
    if steps[0] == "extends":
        raise ScenarioError([place.problem(dotted, phrase("only a file can extend a scenario"))])
    node = value if isinstance(value, Node) else tree_of(as_data(value), place)
    return _resolve_layout(nested(steps, node), Path.cwd())


def as_data(value: object) -> object:
    """Plain data of what Python code gives: parts of a scenario, dates, NumPy's numbers."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): as_data(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [as_data(child) for child in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def _scenario(layers: Layers, file: str, *, extends: bool) -> Scenario:
    if find(layers.tree, ("title",)) is None:
        title = tree_of(Path(file).stem[:400] or "scenario", layers.tree.place)
        layers.tree = put(layers.tree, ("title",), title)
    problems = list(layers.problems)
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate_json(json.dumps(plain(layers.tree)))
    except ValidationError as error:
        taken = {(problem.file, problem.line, problem.path) for problem in problems if problem.line}
        problems += [
            problem
            for problem in explain(error, layers, extends=extends)
            if (problem.file, problem.line, problem.path) not in taken
        ]
    if scenario is not None and scenario.changes and not problems:
        problems += problems_of_changes(layers.tree)
    problems += _missing_layout(layers.tree)
    if problems or scenario is None:
        ordered = sorted(problems, key=lambda problem: _order(problem, file))
        raise ScenarioError(ordered[:MOST_PROBLEMS])
    return scenario


def _missing_layout(tree: Node) -> list[Problem]:
    layout = find(tree, ("community", "layout"))
    if layout is None or not isinstance(layout.value, str) or _is_there(Path(layout.value)):
        return []
    return [
        layout.place.problem("community.layout", phrase("there is no file '{name}'", name=layout.value[:200]))
    ]


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False


def _order(problem: Problem, file: str) -> tuple[bool, str, int, int]:
    return problem.file != file, problem.file, problem.line or 0, problem.column or 0
