"""The JSON Schema of a scenario file, so that an editor completes, explains and checks while one writes.

A file may say a part only, over defaults or over what it extends: nothing is required but both languages of a
text that is given in languages.
"""

import json
import re
from typing import Any

from scenarios.fields import Key, keys_of, parts_of, written
from scenarios.phrases import Language, in_a_row, phrase
from scenarios.schema import Scenario
from scenarios.units import GIVEN, NAMED, WHOLE_RUN, Part

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = phrase("A scenario of gongzhi")
EXTENDS = phrase("What this one changes: a shipped scenario's name, or a file relative to this one.")
ANY_NAME = "[a-z][a-z0-9_]{0,39}"


def json_schema(language: Language = "en") -> dict[str, Any]:
    """The JSON Schema: of each key its meaning, unit, range, default and source.

    Args:
        language: of the texts; the keys are the same in both.
    """
    schema = Scenario.model_json_schema(mode="validation")
    definitions: dict[str, Any] = schema.pop("$defs")
    for part in parts_of(Scenario):
        found = schema if part is Scenario else definitions[part.__name__]
        _describe(found, part, language)
        if part.__name__ != "Title":
            found.pop("required", None)
    definitions["Change"]["properties"]["set"] |= _midway_paths()
    for names in (schema["properties"]["handlers"], definitions["Cases"]["properties"]["categories"]):
        _take_away(names)
    extends = {
        "type": "string",
        "description": EXTENDS.in_(language),
        "examples": ["coordinated"],
    }
    schema["properties"] = {"extends": extends} | schema["properties"]
    return {"$schema": DIALECT, **schema, "title": TITLE.in_(language), "$defs": definitions}


def _describe(found: dict[str, Any], part: type[Part], language: Language) -> None:
    """Put into each key's text what an editor shows when one points at it."""
    found["description"] = _plain(phrase(" ".join(found["description"].split())).in_(language))
    for name, key in keys_of(part).items():
        entry: dict[str, Any] = found["properties"][name]
        entry.pop("title", None)
        entry.pop("discriminator", None)
        if "oneOf" in entry:  # one part of a distribution may fit several, and then is no mistake
            entry["anyOf"] = entry.pop("oneOf")
        if key.kind.name == "mapping":  # a section with nothing below it says nothing
            entry["anyOf"] = [{"$ref": entry.pop("$ref")}, {"type": "null"}]
            entry["description"] = _plain(phrase(key.doc).in_(language))
            entry.pop("default", None)
            continue
        entry.pop("fixed", None)
        if key.kind.name != "names":
            entry["x-midway"] = not key.fixed
        entry["description"] = _text(key, language)
        for said in ("source", "unit"):
            if entry.get(said):
                entry[said] = phrase(entry[said]).in_(language)
        if key.default is not ...:
            entry["default"] = written(key.default, key.kind)


def _text(key: Key, language: Language) -> str:
    default = "" if key.default is ... else json.dumps(written(key.default, key.kind), ensure_ascii=False)
    sentences = [phrase(key.doc), phrase("Takes {takes}.", takes=key.takes())]
    if default.strip('"') and len(default) <= 60:
        sentences.append(phrase("Default: {default}.", default=default.strip('"')))
    if key.source not in {GIVEN, NAMED}:
        sentences.append(phrase("Source: {source}.", source=phrase(key.source)))
    if key.fixed and key.fixed != WHOLE_RUN:
        sentences.append(phrase("Cannot change midway: {why}.", why=phrase(key.fixed)))
    return _plain(in_a_row(sentences, language))


def _plain(text: str) -> str:
    """A docstring's text without its marks, which an editor would show as they stand."""
    return re.sub(r":[a-z]+:`([^`]*)`", r"\1", text).replace("``", "")


def _midway_paths(part: type[Part] = Scenario, path: str = "", pattern: bool = False) -> dict[str, Any]:
    """Which paths a change may name, each described where the value stands; sections are left out."""
    found: dict[str, Any] = {"properties": {}, "patternProperties": {}}
    for name, key in keys_of(part).items():
        kind, here = key.kind, f"{path}{name}"
        named = kind.name == "names"
        if key.fixed:
            continue
        if kind.name == "mapping" or named:
            inner = kind.item.parts[0] if named and kind.item else kind.parts[0]
            way = f"{re.escape(here)}\\.{ANY_NAME}\\." if named else f"{here}."
            below = _midway_paths(inner, way, pattern or named)
            for kept, paths in below.items():
                found[kept] |= paths
        else:
            where = "patternProperties" if pattern else "properties"
            at = f"^{path}{name}$" if pattern else here
            found[where][at] = {"$ref": f"#/$defs/{part.__name__}/properties/{name}"}
    return found


def _take_away(names: dict[str, Any]) -> None:
    """Allow null, which takes away a name of the extended scenario, and none but proper names."""
    proper = names["patternProperties"]
    names["patternProperties"] = {
        name: {"anyOf": [below, {"type": "null"}]} for name, below in proper.items()
    }
    names["additionalProperties"] = False
    names["type"] = ["object", "null"]
    names.pop("minProperties", None)
    names.pop("default")
