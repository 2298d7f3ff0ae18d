"""From a file to a tree of values that know where they stand, refusing everything a scenario does not need.

YAML here is YAML 1.2 with its core kinds of value and nothing else: no anchors, aliases, tags, merge keys,
directives or second documents. Size, depth and number of values are capped before anything is built.
"""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios.errors import Problem, ScenarioError
from scenarios.phrases import Phrase, hinted, phrase

MOST_BYTES = 200_000
MOST_VALUES = 12_000
MOST_DEPTH = 20

type Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands; a line of None for what comes from no file."""

    file: str
    line: int | None = None
    column: int | None = None

    def problem(self, path: str, message: Phrase | str) -> Problem:
        """A problem at this place."""
        return Problem(self.file, self.line, self.column, path, message)


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place, and the place of the key that holds it."""

    value: "dict[str, Node] | list[Node] | Scalar"
    place: Place
    key: Place


def read_file(path: Path, file: str) -> tuple[Node, list[Problem]]:
    """Read a scenario file.

    Args:
        path: the file.
        file: what to call it in messages.

    Returns:
        The mapping at the top, and the problems that did not keep it from being read.

    Raises:
        ScenarioError: nothing can be read.
    """
    return read_bytes(_read_bytes(path, file), file)


def read_bytes(raw: bytes, file: str) -> tuple[Node, list[Problem]]:
    """Read the content of a scenario file: as :func:`read_file`, for one at hand."""
    if len(raw) > MOST_BYTES:
        message = phrase(
            "the file is larger than the {most:,} bytes that a scenario may have", most=MOST_BYTES
        )
        raise ScenarioError([Problem(file, None, None, "", message)])
    return read_text(_decode(raw, file), file)


def read_text(text: str, file: str) -> tuple[Node, list[Problem]]:
    """Read the text of a scenario: as :func:`read_file`, for a text at hand."""
    node, problems = _compose(text, Place(file, 1, 1))
    if node is None:
        message = phrase("the file is empty; 'gongzhi new FILE' writes a start")
        raise ScenarioError([Problem(file, None, None, "", message)])
    if not isinstance(node.value, dict):
        kind = phrase("a list") if isinstance(node.value, list) else phrase("a single value")
        message = phrase(
            "a scenario is a mapping of 'key: value' lines, but this file holds {kind}", kind=kind
        )
        raise ScenarioError([*problems, node.place.problem("", hinted(message, colon_hint(text)))])
    return node, problems


def read_value(text: str, place: Place) -> Node:
    """Read one value, as it stands behind ``path=`` on the command line."""
    node, problems = _compose(text, place)
    if problems:
        raise ScenarioError(problems)
    return Node(None, place, place) if node is None else _at(node, place)


def _at(node: Node, place: Place) -> Node:
    value = node.value
    if isinstance(value, dict):
        value = {key: _at(child, place) for key, child in value.items()}
    elif isinstance(value, list):
        value = [_at(child, place) for child in value]
    return Node(value, place, place)


def _read_bytes(path: Path, file: str) -> bytes:
    def refuse(message: Phrase) -> ScenarioError:
        return ScenarioError([Problem(file, None, None, "", message)])

    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise refuse(phrase("this is a folder, not a file"))
        if not stat.S_ISREG(mode):
            raise refuse(phrase("this is not a regular file"))
        with path.open("rb") as stream:
            raw = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise refuse(phrase("there is no such file")) from None
    except PermissionError:
        raise refuse(phrase("no permission to read this file")) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise refuse(phrase("the file cannot be read: {reason}", reason=reason)) from None
    return raw


_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def _decode(raw: bytes, file: str) -> str:
    """UTF-8 with or without a byte order mark; for all else, which encoding it probably is."""
    advice = phrase("save the file as UTF-8")
    for mark, name in _MARKS.items():
        if raw.startswith(mark):
            message = hinted(phrase("the file is encoded in {encoding}", encoding=name), advice)
            raise ScenarioError([Problem(file, 1, 1, "", message)])
    if raw[:200].count(0) * 3 >= len(raw[:200]) > 0:
        message = hinted(phrase("the file is binary, or encoded in UTF-16"), advice)
        raise ScenarioError([Problem(file, 1, 1, "", message)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        try:
            guess = phrase("it looks like GBK") if _mostly_chinese(raw.decode("gb18030")) else None
        except UnicodeDecodeError:
            guess = None
        message = hinted(phrase("the byte 0x{byte:02x} is not UTF-8", byte=raw[error.start]), guess, advice)
        raise ScenarioError([Problem(file, line, None, "", message)]) from None
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        raise ScenarioError([Problem(file, line, column, "", _control(found[0]))])
    return text


def _mostly_chinese(text: str) -> bool:
    foreign = [letter for letter in text if ord(letter) > 127]
    return 2 * sum("\u4e00" <= letter <= "\u9fff" for letter in foreign) > len(foreign)


def _control(letter: str) -> Phrase:
    name = (
        phrase("a NUL") if letter == "\0" else phrase("the control character U+{code:04X}", code=ord(letter))
    )
    return phrase("{name} may not stand in a scenario; is this a text file?", name=name)


def colon_hint(text: str) -> Phrase | None:
    """What is probably meant where a key and its value were read as one text."""
    if "：" in text:
        return phrase("a key ends with a plain ':' and a space, not with the full-width '：'")
    if re.search(r"^\s*[a-z_]+:[^\s/]", text, re.MULTILINE):
        return phrase("a key's ':' needs a space behind it")
    return None


def _compose(text: str, start: Place) -> tuple[Node | None, list[Problem]]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    composer = _Composer(start)
    try:
        node = composer.document(iter(YAML(typ="safe", pure=True).parse(text)))
    except MarkedYAMLError as error:
        message, mark = _syntax(error, text)
        place = composer.place(mark) if mark else start
        raise ScenarioError([*composer.problems, place.problem("", message)]) from None
    except YAMLError as error:
        message = phrase("not valid YAML: {reason}", reason=" ".join(str(error).split()))
        raise ScenarioError([*composer.problems, start.problem("", message)]) from None
    except (ValueError, OverflowError):
        escape = phrase("an escape in double quotes, such as '\\Uffffffff', names no character")
        message = phrase("not valid YAML: {reason}", reason=escape)
        raise ScenarioError([*composer.problems, start.problem("", message)]) from None
    return node, composer.problems


class _Composer:
    """Builds the tree from the parser's events, so that a bomb is refused while it is still small."""

    def __init__(self, start: Place) -> None:
        self.start = start
        self.problems: list[Problem] = []
        self.values = 0

    def place(self, mark: Any) -> Place:
        """The place of a parser's mark."""
        if self.start.line is None:
            return self.start
        return Place(self.start.file, mark.line + 1, mark.column + 1)

    def fatal(self, mark: Any, message: Phrase) -> ScenarioError:
        """A problem after which reading is pointless, with all that were found before it."""
        return ScenarioError([*self.problems, self.place(mark).problem("", message)])

    def document(self, events: Iterator[Any]) -> Node | None:
        """The one document of the stream; None where there is none."""
        root: Node | None = None
        documents = 0
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise self.fatal(
                        event.start_mark, phrase("a scenario is one YAML document; a second one starts here")
                    )
                if event.version or event.tags:
                    message = phrase("YAML directives (%...) are not allowed in a scenario")
                    raise self.fatal(event.start_mark, message)
                root = self.node(next(events), events, "", 0)
        empty = root is None or (root.value is None and not self.problems)
        return None if empty else root

    def node(
        self, event: Any, events: Iterator[Any], path: str, depth: int, key: Place | None = None
    ) -> Node:
        """The value that starts with an event."""
        place = self.place(event.start_mark)
        kind = type(event).__name__
        self._count(event)
        if depth > MOST_DEPTH:
            raise self.fatal(
                event.start_mark, phrase("values are nested more than {most} deep", most=MOST_DEPTH)
            )
        self._refuse_extras(event)
        value: dict[str, Node] | list[Node] | Scalar = None
        if kind == "MappingStartEvent":
            value = self._mapping(events, path, depth)
        elif kind == "SequenceStartEvent":
            value = []
            while type(event := next(events)).__name__ != "SequenceEndEvent":
                value.append(self.node(event, events, f"{path}.{len(value)}", depth + 1))
        elif kind == "ScalarEvent":
            value = self._scalar(event, place, path)
        return Node(value, place, key or place)

    def _mapping(self, events: Iterator[Any], path: str, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while type(event := next(events)).__name__ != "MappingEndEvent":
            place = self.place(event.start_mark)
            self._count(event)
            self._refuse_extras(event)
            if type(event).__name__ != "ScalarEvent":
                raise self.fatal(event.start_mark, phrase("a key must be a plain name"))
            name = event.value
            here = f"{path}.{name}" if path else name
            if found := _CONTROL.search(name):
                raise self.fatal(event.start_mark, _control(found[0]))
            if name == "<<":
                message = phrase("merge keys (<<) are not allowed; 'extends' takes over another scenario")
                raise self.fatal(event.start_mark, message)
            child = self.node(next(events), events, here, depth + 1, place)
            if name in entries:
                first = entries[name].key.line
                again = phrase("this key was already given")
                if first:
                    again = phrase("this key was already given in line {line}", line=first)
                self.problems.append(place.problem(here, again))
            else:
                entries[name] = child
        return entries

    def _count(self, event: Any) -> None:
        self.values += 1
        if self.values > MOST_VALUES:
            message = phrase("a scenario may hold {most:,} keys and values at most", most=MOST_VALUES)
            raise self.fatal(event.start_mark, message)

    def _refuse_extras(self, event: Any) -> None:
        message: Phrase | None = None
        if type(event).__name__ == "AliasEvent":
            name = _short(event.anchor)
            message = phrase("aliases (*{name}) are not allowed; write the value out", name=name)
        elif event.anchor:
            message = phrase("anchors (&{name}) are not allowed; leave it out", name=_short(event.anchor))
        elif tag := getattr(event, "tag", None):
            message = phrase("tags ({name}) are not allowed; leave it out", name=_short(str(tag)))
        if message:
            raise self.fatal(event.start_mark, message)

    def _scalar(self, event: Any, place: Place, path: str) -> Scalar:
        text: str = event.value
        if found := _CONTROL.search(text):
            self.problems.append(place.problem(path, _control(found[0])))
            return None
        if event.style:
            return text
        try:
            return plain_value(text)
        except ValueError as error:
            self.problems.append(place.problem(path, error.args[0]))
            return None


_WORDS: dict[str, Scalar] = {"": None, "~": None}
_WORDS |= dict.fromkeys(("null", "Null", "NULL"))
_WORDS |= dict.fromkeys(("true", "True", "TRUE"), True) | dict.fromkeys(("false", "False", "FALSE"), False)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


def plain_value(text: str) -> Scalar:
    """The value of an unquoted text by YAML 1.2's core schema, decimal numbers only."""
    if text in _WORDS:
        return _WORDS[text]
    if _NOT_A_NUMBER.fullmatch(text):
        raise ValueError(phrase("{value} is not a finite number", value=text))
    if len(text) > 400 or not _NUMBER.fullmatch(text):
        return text
    if _INTEGER.fullmatch(text) and len(text) <= 18:
        return int(text)
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError(phrase("{value} is too large a number", value=_short(text)))
    return number


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


_SYNTAX = {
    r"'\t' that cannot start": phrase("a tab stands here; indent with spaces"),
    "that cannot start any token": phrase("'@', '`' and '%' may not begin a value; put it in quotes"),
    "mapping values are not allowed": phrase("a ':' too many in this line, or a line indented too far"),
    "could not find expected ':'": phrase("a line without ': ' between key and value"),
    "expected the node content": phrase("a value is missing here"),
    "sequence entries are not allowed": phrase("a list's '- ' needs a line of its own"),
    "expected escape sequence": phrase("a '\\' in double quotes starts an escape; use single quotes"),
    "expected chomping or indentation": phrase("'>' and '|' may not begin a value; put it in quotes"),
    "expected a comment or a line break": phrase("'>' and '|' may not begin a value; put it in quotes"),
    "expected alphabetic or numeric": phrase("'&' and '*' may not begin a value; put it in quotes"),
    "incompatible YAML document": phrase("YAML directives (%...) are not allowed in a scenario"),
    "undefined tag handle": phrase("'!' may not begin a value; put it in quotes"),
    "expected '>'": phrase("'!' may not begin a value; put it in quotes"),
    "expected <block end>": phrase("the indentation does not fit the lines above"),
    "unexpected end of stream": phrase("a quote is opened here and never closed"),
    "<stream end>": phrase("a bracket or brace is opened here and never closed"),
    "expected '<document start>'": phrase("something stands behind the end of the value before it"),
    "expected ',' or": phrase("a ',' or a closing bracket is missing here or above"),
    "unknown escape character": phrase("a '\\' in double quotes starts an escape; use single quotes"),
}


def _syntax(error: Any, text: str) -> tuple[Phrase, Any]:
    """What is wrong with the YAML, in words, and the mark to show."""
    problem = " ".join(f"{error.problem or error.context}".split())
    reason = next((said for part, said in _SYNTAX.items() if part in problem), problem)
    mark = error.problem_mark or error.context_mark
    if "opened here" in str(reason) and error.context_mark:
        mark = error.context_mark
    line = mark.line if mark else 0
    lines = text.splitlines()[max(line - 1, 0) : line + 1]
    said = phrase("not valid YAML: {reason}", reason=reason)
    return hinted(said, colon_hint(os.linesep.join(lines))), mark
