"""Writing scenarios: one in full, which reads back bit for bit, and a commented one to start from."""

import io
import json
import os
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scenarios.fields import Key, key_at, written
from scenarios.loading import FOLDER, is_file, load
from scenarios.phrases import Language, in_a_row, phrase
from scenarios.reading import plain_value
from scenarios.schema import Scenario

SCHEMA_FILES: dict[Language, str] = {"en": "scenario.schema.json", "zh": "scenario.schema.zh.json"}
LONGEST_DEFAULT = 40
HEAD = (
    phrase(
        "A scenario says what differs from the one it extends. A line with '##' explains what follows it."
    ),
    phrase("A key behind '# ' keeps the value that is shown; take away the '# ' to change it."),
    phrase("Every key there is, with its unit, range, default and source: gongzhi schema"),
)
"""The comments at the top of a new file."""

START = (
    "days",
    "start",
    "mechanisms.hub",
    "mechanisms.tiers",
    "mechanisms.patrol",
    "mechanisms.command_centre",
    "mechanisms.feedback",
    "community.communities",
    "community.households",
    "community.layout",
    "community.people.household_sizes",
    "community.people.elderly_share",
    "community.people.elderly_alone_share",
    "community.people.party_share",
    "community.people.digital_elderly",
    "community.people.trust_mean",
    "community.buildings.condition_mean",
    "community.grid.max_households",
    "community.centre_households.fewest",
    "community.centre_households.most",
    "minutes.street_officer",
    "minutes.branch",
    "minutes.leader",
    "minutes.centre_household",
    "minutes.full_time",
    "minutes.part_time",
    "notices.per_year",
    "notices.doors.on",
    "notices.doors.attempts",
    "notices.board.on",
    "notices.group_chat.on",
    "notices.group_chat.reads",
    "notices.talk.household",
    "notices.talk.neighbour",
    "patrol.duration",
    "patrol.full_time_workers",
    "patrol.part_time_workers",
    "patrol.tells",
    "patrol.knocks",
    "cases.categories",
    "cases.reporting.app",
    "cases.coordination.overlap",
    "cases.coordination.shirk",
    "desks.command_centre.dispatchers",
    "desks.command_centre.calendar",
    "handlers",
    "hub.minutes",
    "hub.lag",
    "satisfaction.in_time",
    "limits.resident_days",
)
"""The keys that a new file shows, in the order of the story."""

SHOWN = {
    "cases.categories": ("rate", "willing", "service", "solved", "deadline"),
    "handlers": ("teams", "calendar"),
}
"""Of each kind of trouble and each handler, what a new file shows."""


def dump(scenario: Scenario) -> str:
    """The whole scenario as YAML; loading it gives an equal scenario, bit for bit."""
    from ruamel.yaml import YAML

    yaml = YAML(pure=True)
    yaml.default_flow_style = None
    yaml.width = 110
    stream = io.StringIO()
    yaml.dump(_quoted(scenario.model_dump(mode="json")), stream)
    return stream.getvalue()


def _quoted(value: Any) -> Any:
    """Plain data with quotes around those texts that might be read as something else."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, dict):
        return {name: _quoted(child) for name, child in value.items()}
    if isinstance(value, list):
        return [_quoted(child) for child in value]
    return DoubleQuotedScalarString(value) if isinstance(value, str) and not _is_plain(value) else value


def _is_plain(text: str) -> bool:
    """Whether a text needs no quotes, in whatever place."""
    simple = re.fullmatch(r"(\.{1,2}/)*[^\W_][\w ./()-]*(:[0-9]{2})?", text)
    return bool(simple) and not text.endswith(" ") and plain_value(text) == text


def new_text(
    source: str | Path = "coordinated", target: Path | None = None, language: Language = "en"
) -> str:
    """A commented scenario to start from.

    Args:
        source: the scenario that it extends: a shipped name or a file.
        target: the file that the text is for, so that it can name the one it extends from there; its name
            becomes the title.
        language: of the comments.

    Raises:
        ScenarioError: the source cannot be loaded.
    """
    scenario = load(source)
    base = str(source)
    if isinstance(source, Path) or is_file(source):
        base = os.path.relpath(source, target.parent if target else None)
        base = base if is_file(base) else os.path.join(os.curdir, base)
    lines = [
        f"# yaml-language-server: $schema={(FOLDER / SCHEMA_FILES[language]).as_uri()}",
        "",
        *(f"## {line.in_(language)}" for line in HEAD),
        f"extends: {_flow(base)}",
        f"title: {_flow(_title(target))}",
        "asks: {en: What do I want to know?, zh: 我想知道什么？}",
    ]
    open_sections: tuple[str, ...] = ()
    for path in START:
        *sections, name = path.split(".")
        if not sections or tuple(sections[:1]) != open_sections[:1]:
            lines.append("")
        for depth in range(len(sections)):
            if open_sections[: depth + 1] != tuple(sections[: depth + 1]):
                lines += _section(tuple(sections[: depth + 1]), language)
        open_sections = tuple(sections)
        lines += _entry(scenario, path, name, language)
    return "\n".join(lines) + "\n"


def _title(target: Path | None) -> dict[str, str]:
    words = " ".join(target.stem.replace("_", " ").replace("-", " ").split())[:100] if target else ""
    return (
        {"en": words[0].upper() + words[1:], "zh": words}
        if words
        else {"en": "My scenario", "zh": "我的情景"}
    )


def _section(path: tuple[str, ...], language: Language) -> list[str]:
    key, _ = key_at(path, {})
    margin = "  " * (len(path) - 1)
    doc = phrase(key.doc).in_(language) if key else ""
    return [*_comment(doc, margin), f"{margin}{path[-1]}:"]


def _entry(scenario: Scenario, path: str, name: str, language: Language) -> list[str]:
    margin = "  " * path.count(".")
    value: Any = scenario
    for step in path.split("."):
        value = getattr(value, step)
    key, _ = key_at(tuple(path.split(".")), {})
    if key is None:
        raise KeyError(path)
    if path in SHOWN:
        doc = phrase(key.doc).in_(language)
        return [*_comment(doc, margin), f"{margin}{name}:", *_names(value, SHOWN[path], margin + "  ")]
    return [
        *_comment(_explained(key, language), margin),
        f"{margin}# {name}: {_flow(written(value, key.kind))}",
    ]


def _names(parts: dict[str, Any], shown: tuple[str, ...], margin: str) -> list[str]:
    lines = []
    for name, part in parts.items():
        data = part.model_dump(mode="json", include=set(shown))
        lines.append(f"{margin}# {name}: {_flow({key: data[key] for key in shown})}")
    return lines


def _explained(key: Key, language: Language) -> str:
    default = "" if key.default is ... else _flow(written(key.default, key.kind))
    sentences = [phrase(key.doc), phrase("Takes {takes}.", takes=key.takes())]
    if len(default) <= LONGEST_DEFAULT:
        sentences.append(phrase("Default: {default}.", default=default))
    return in_a_row(sentences, language)


def _comment(text: str, margin: str) -> list[str]:
    mark = f"{margin}## "
    if not text.isascii():
        return [f"{mark}{line}" for line in _wrapped(text, 110 - len(mark))]
    held = _HELD_IN_ENGLISH.sub(
        lambda found: found[0].replace(" ", "\xa0"), text
    )  # textwrap does not break at these
    lines = textwrap.wrap(held, 110, initial_indent=mark, subsequent_indent=mark, break_on_hyphens=False)
    return [line.replace("\xa0", " ") for line in lines]


_HELD = re.compile(r"(?a:(?<!\w)'[^']*'(?!\w)|(?<![\w.])[\d.]+ (?:s|min|h|days?)\b)")
"""What stays in one line: what is quoted, a number with its unit."""
_HELD_IN_ENGLISH = re.compile(
    rf"Default: (?:{_HELD.pattern}|\{{[^}}]*\}}|[^ {{\[]+)\.(?= |$)|\(unit: [^)]{{,30}}\)|{_HELD.pattern}"
)
_PIECE = re.compile(rf"[（“]*(?:{_HELD.pattern}|[!-~]+|[^（“])[，。；：、）”]*|.")
"""What Chinese text does not break: the above, a word of other letters, a character, with its punctuation."""
LEAST_FILLED = 1 / 3
"""Share of a line that is filled before it may end at punctuation."""


def _wrapped(text: str, width: int) -> Iterator[str]:
    """Lines of Chinese text, which has no spaces to break at and two columns a character.

    A line ends with a sentence where one ends in it, else after a comma or before a bracket, and only else
    within a clause.
    """
    pieces = _PIECE.findall(text)
    while pieces:
        count, used = 0, 0
        sentence, clause = 0, 0  # pieces up to the last end of one
        for place, piece in enumerate(pieces, start=1):
            used += sum(1 if letter < "\u1100" else 2 for letter in piece)
            if used > width and count:
                break
            count = place
            if used >= LEAST_FILLED * width:
                sentence = place if piece[-1] in "。；" else sentence
                clause = (
                    place
                    if piece[-1] in "，、）" or "".join(pieces[place : place + 1])[:1] == "（"
                    else clause
                )
        else:
            sentence = clause = 0  # the rest fits
        count = sentence or clause or count
        yield "".join(pieces[:count]).rstrip()
        pieces = pieces[count:]


def _flow(value: Any) -> str:
    """A value in one line of YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(child)}" for name, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(child) for child in value) + "]"
    return value if isinstance(value, str) and _is_plain(value) else json.dumps(value, ensure_ascii=False)
