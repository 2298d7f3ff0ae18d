"""RO-Crate: ``ro-crate-metadata.json`` says of every file of a result folder what it is, for machines.

After version 1.1 of the specification, https://w3id.org/ro/crate/1.1.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from experiments.dictionary import Column, Table, tables, with_factors
from experiments.files import digest as digest_of
from experiments.files import write
from experiments.messages import LANGUAGES, messages
from experiments.store import TABLES

FILE = "ro-crate-metadata.json"
SPECIFICATION = "https://w3id.org/ro/crate/1.1"
LICENCE = "https://spdx.org/licenses/MIT"
PYTHON = "https://www.python.org/"
PARQUET = "https://parquet.apache.org/docs/file-format/"
TERMS = {
    "sha256": "https://schema.org/sha256",
    "datatype": "http://www.w3.org/ns/csvw#datatype",
    "required": "http://www.w3.org/ns/csvw#required",
}
"""Terms that the specification's own context does not have."""
FORMATS = {
    ".csv": "text/csv",
    ".geojson": "application/geo+json",
    ".html": "text/html",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".yaml": "application/yaml",
}
"""Media type by the ending of a file's name."""
TABULAR = (".csv", ".parquet")
"""Endings of files that hold tables of the data dictionary, named as those are."""
DATATYPES = {"bool": "boolean", "boolean": "boolean", "category": "string", "datetime64[ms]": "dateTime",
             "float64": "double", "Float64": "double", "int32": "int", "int64": "long", "Int64": "long",
             "string": "string"}  # fmt: skip
"""CSVW's name of each type of the data dictionary."""

_OF = {
    "run": ("run", "trace"),
    "compare": ("compare",),
    "optimise": ("optimise", "sweep"),  # the runs of a search are those of a sweep over its settings
}
"""Which tables of the dictionary each kind of result leaves, where it is not its own alone."""

Entity = dict[str, Any]


def write_crate(
    folder: Path,
    names: Iterable[str],
    description: Mapping[str, Any],
    inputs: Sequence[str] = (),
    kept: Sequence[str] = (),
) -> None:
    """Describe a result that has been written.

    Args:
        folder: the result folder.
        names: of its files; others in the folder are not the result's.
        description: of :func:`experiments.provenance.describe`; the message ``crate_KIND`` is its title.
        inputs: those of the names from which the result can be made again, first the one that its command
            takes; none of them is taken for a table.
        kept: tables that are kept of every run, each in a folder of its own.
    """
    entities = crate(folder, sorted(set(names)), description, inputs, day_of_writing(), kept)
    context = [f"{SPECIFICATION}/context", TERMS]
    text = json.dumps({"@context": context, "@graph": entities}, ensure_ascii=False, indent=1)
    write(folder / FILE, text + "\n")


def day_of_writing() -> str:
    """Today in ISO 8601, or the day of ``SOURCE_DATE_EPOCH``, by which builds are made again bit for bit."""
    try:
        moment = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        moment = datetime.now(UTC)
    return moment.date().isoformat()


def crate(
    folder: Path,
    names: Sequence[str],
    description: Mapping[str, Any],
    inputs: Sequence[str],
    day: str,
    kept: Sequence[str] = (),
) -> list[Entity]:
    """All entities of a result's metadata; the same files, description and day give the same.

    Args:
        folder: the result folder.
        names: of its files.
        description: of :func:`experiments.provenance.describe`.
        inputs: those of the names from which the result can be made again.
        day: on which it was written, in ISO 8601.
        kept: tables that are kept of every run.
    """
    kind = description["kind"]
    held = {name: _table_in(folder, name, kind) for name in names if name not in inputs}
    files = [_file(folder, name, held.get(name), description["results"].get(name)) for name in names]
    of_runs = [_kept_table(name) for name in kept if (folder / TABLES / name).is_dir()]
    files += [_kept(table) for table in of_runs]
    known = {table.name: table for table in (*held.values(), *of_runs) if table is not None}
    columns = [each for name in tables() if name in known for each in _columns(known[name])]
    about = {"en": _title(description, "en"), "zh": _title(description, "zh")}
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": about["en"],
        "description": f"{_both('crate_root')} {' / '.join(about.values())}",
        "datePublished": day,
        "license": _to(LICENCE),
        "hasPart": _all([_to(file["@id"]) for file in files]),
        "mentions": _to("#made"),
    }
    descriptor = {
        "@id": FILE,
        "@type": "CreativeWork",
        "conformsTo": _to(SPECIFICATION),
        "about": _to("./"),
        "description": _both("crate_itself"),
    }
    made = _made(description, files, inputs, day, about["en"])
    return [descriptor, root, *files, *made, *_software(description), *_context(), *columns]


def _title(description: Mapping[str, Any], language: str) -> str:
    text = messages()[f"crate_{description['kind']}"][language]
    return text.format(scenarios=", ".join(description["scenarios"]), seeds=_ranges(description["seeds"]))


def _ranges(seeds: Sequence[int]) -> str:
    """Seeds in few words: ``1-20``, or one by one where they are in no row."""
    in_a_row = len(seeds) > 1 and list(seeds) == list(range(seeds[0], seeds[0] + len(seeds)))
    return f"{seeds[0]}-{seeds[-1]}" if in_a_row else ", ".join(map(str, seeds))


def _table_in(folder: Path, name: str, kind: str) -> Table | None:
    """The table that a file of a kind of result holds, with the factors of its sweep among its columns."""
    path = Path(name)
    found = [
        table for table in tables().values() if table.stem == path.stem and table.of in _OF.get(kind, (kind,))
    ]
    if not found or path.suffix not in TABULAR:
        return None
    return with_factors(found[0], folder / name) if found[0].factors else found[0]


def _file(folder: Path, name: str, table: Table | None, digest: str | None) -> Entity:
    path = folder / name
    if digest is None:
        digest = digest_of(path)
    stem, _, language = path.stem.rpartition(".")
    shown = stem != "" and language in LANGUAGES
    media = FORMATS.get(path.suffix.lower(), "application/octet-stream")
    entity: Entity = {
        "@id": _uri(name),
        "@type": "File",
        "name": name,
        "description": f"{table.en} / {table.zh}" if table else _described(stem if shown else path.stem),
        "encodingFormat": [media, _to(PARQUET)] if path.suffix == ".parquet" else media,
        "contentSize": str(path.stat().st_size),
        "sha256": digest,
    }
    if shown:
        entity["inLanguage"] = language
    if table:
        entity["variableMeasured"] = _all([_to(_column_id(table, each)) for each in table.all_columns()])
    return entity


def _kept_table(name: str) -> Table:
    """A table as it is kept of many runs, where a column says which run a row is of."""
    key = next(column for column in tables()["sweep_runs"].columns if column.name == "key")
    return replace(tables()[name], columns=(*tables()[name].columns, key))


def _kept(table: Table) -> Entity:
    """The folder in which a table of every run lies: thousands of files, told by their pattern."""
    texts = {language: messages()["crate_kept"][language] for language in LANGUAGES}
    return {
        "@id": f"{TABLES}/{table.name}/",
        "@type": "Dataset",
        "name": f"{TABLES}/{table.name}",
        "description": " / ".join(f"{text} {getattr(table, language)}" for language, text in texts.items()),
        "variableMeasured": _all([_to(_column_id(table, each)) for each in table.all_columns()]),
    }


def _described(stem: str) -> str:
    """What a file that is no table is, by its name without ending and language."""
    if stem.startswith("layout-"):
        return _both("crate_file_layout")
    numbered = stem.rstrip("0123456789").rstrip("_")
    keys = (f"crate_file_{stem}", f"crate_file_{numbered}", f"{stem}_title")
    known = [key for key in keys if key in messages()]
    return _both(known[0]) if known else stem


def _columns(table: Table) -> Iterator[Entity]:
    for column in table.all_columns():
        entity = {
            "@id": _column_id(table, column),
            "@type": "PropertyValue",
            "name": column.name,
            "description": f"{column.en} / {column.zh}",
            "unitText": column.unit,
            "datatype": DATATYPES[column.type],
            "required": not column.nullable,
            "valueReference": _all(list(column.words)),
        }
        yield {key: value for key, value in entity.items() if value not in ("", [])}


def _column_id(table: Table, column: Column) -> str:
    return f"#{table.name}.{column.name}"


def _made(
    description: Mapping[str, Any], files: Sequence[Entity], inputs: Sequence[str], day: str, title: str
) -> Iterator[Entity]:
    """The act of making the result, and its seeds."""
    given = {_uri(name) for name in inputs}
    kind = description["kind"]
    yield {
        "@id": "#made",
        "@type": "CreateAction",
        "name": title,
        "description": f"gongzhi {kind} {inputs[0]}" if inputs else f"gongzhi {kind}",
        "endTime": day,
        "instrument": _to("#gongzhi"),
        "object": _all([*(_to(name) for name in sorted(given)), _to("#seeds")]),
        "result": _all([_to(file["@id"]) for file in files if file["@id"] not in given]),
        "actionStatus": _to("http://schema.org/CompletedActionStatus"),
    }
    yield {
        "@id": "#seeds",
        "@type": "PropertyValue",
        "name": "seeds",
        "description": _both("crate_seeds"),
        "value": _ranges(description["seeds"]),
    }


def _software(description: Mapping[str, Any]) -> Iterator[Entity]:
    """The project with its code, and what it ran on."""
    versions, machine = dict(description["versions"]), description["platform"]
    system = [machine["system"], machine["machine"], machine["libc"], *machine["simd"]]
    own, python = versions.pop("gongzhi"), versions.pop("python")
    addresses = {name: f"https://pypi.org/project/{name}/{version}/" for name, version in versions.items()}
    yield {
        "@id": "#gongzhi",
        "@type": "SoftwareSourceCode",
        "name": "gongzhi",
        "description": _both("crate_software"),
        "version": own,
        "identifier": _to("#code"),
        "license": _to(LICENCE),
        "programmingLanguage": _to(PYTHON),
        "runtimePlatform": f"{machine['python']} {python}, {' '.join(filter(None, system))}",
        "softwareRequirements": [_to(address) for address in addresses.values()],
    }
    yield {
        "@id": "#code",
        "@type": "PropertyValue",
        "name": "code",
        "description": _both("crate_code"),
        "value": description["code"],
    }
    yield {"@id": PYTHON, "@type": "ComputerLanguage", "name": "Python", "version": python, "url": PYTHON}
    for name, address in addresses.items():
        yield {
            "@id": address,
            "@type": "SoftwareApplication",
            "name": name,
            "version": versions[name],
            "url": address,
        }


def _context() -> Iterator[Entity]:
    yield {
        "@id": LICENCE,
        "@type": "CreativeWork",
        "name": "MIT License",
        "description": _both("crate_licence"),
        "url": LICENCE,
    }
    yield {"@id": PARQUET, "@type": "WebSite", "name": "Apache Parquet"}
    yield {
        "@id": "http://schema.org/CompletedActionStatus",
        "@type": "ActionStatusType",
        "name": "CompletedActionStatus",
    }


def _both(key: str) -> str:
    """A text in both languages."""
    return " / ".join(messages()[key][language] for language in LANGUAGES)


def _all(values: list[Any]) -> Any:
    """Several values as a list, one as itself, as compacted JSON-LD has it."""
    return values[0] if len(values) == 1 else values


def _to(identifier: str) -> dict[str, str]:
    return {"@id": identifier}


def _uri(name: str) -> str:
    """A file's name as a URI path: ASCII signs are escaped, Chinese ones stay, as the specification asks."""
    return "".join(sign if ord(sign) > 127 else quote(sign) for sign in name)
