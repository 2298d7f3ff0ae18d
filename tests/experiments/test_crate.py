"""The metadata of a result folder, against what the RO-Crate 1.1 specification says it must be."""

import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd
import pytest
from calling import compared

from experiments.crate import FILE, day_of_writing, write_crate
from experiments.dictionary import tables
from experiments.provenance import describe
from experiments.results import write_comparison, write_run
from scenarios.schema import Scenario
from simulation.results.metrics import METRICS
from simulation.run import run

SMALL = {"title": "small", "days": 8, "community": {"households": 50}, "notices": {"at": ("30 h",)}}
NAME = "老旧 50%#1"
"""A scenario's name with every kind of sign that an identifier has to escape, and some that it must not."""
LAYOUT = "lon,lat,floors,footprint_m2\n" + "".join(
    f"{120.59 + number % 3 * 0.0005},{31.3 + number // 3 * 0.0005},6,400\n" for number in range(6)
)

Entity = dict[str, Any]


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> dict[str, Any]:
    """A run with trace, and a comparison."""
    small = Scenario.model_validate(SMALL)
    both = compared(tmp_path_factory.mktemp("compare"), {"a": small, "b": small}, [4, 5, 6])
    return {"run": run(small, 3, trace=True), "compare": both}


@pytest.fixture
def folders(results, tmp_path, monkeypatch, quick_figures) -> dict[str, Path]:
    """Their folders; the run is said to be in a real layout, which travels with it."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    (tmp_path / "place.csv").write_text(LAYOUT)
    real = Scenario.model_validate(SMALL | {"community": {"layout": str(tmp_path / "place.csv")}})
    write_run(tmp_path / "run", NAME, real, 3, results["run"], "again")
    write_comparison(tmp_path / "compare", results["compare"], [4, 5, 6], "again")
    return {name: tmp_path / name for name in ("run", "compare")}


@pytest.fixture(params=["run", "compare"])
def folder(folders, request) -> Path:
    return folders[request.param]


def entities(folder: Path) -> dict[str, Entity]:
    graph = json.loads((folder / FILE).read_text(encoding="utf-8"))["@graph"]
    found = {entity["@id"]: entity for entity in graph}
    assert len(found) == len(graph), "an identifier is used twice"
    return found


def values_of(entity: Entity) -> list[tuple[str, Any]]:
    return [
        (name, value)
        for name, values in entity.items()
        for value in (values if isinstance(values, list) else [values])
    ]


def referred(value: Any) -> list[str]:
    return [each["@id"] for each in (value if isinstance(value, list) else [value])]


def test_the_descriptor_leads_to_a_root_that_has_all_it_must(folder):
    found = entities(folder)
    descriptor = found["ro-crate-metadata.json"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = found[descriptor["about"]["@id"]]
    assert root["@id"] == "./"
    assert root["@type"] == "Dataset"
    assert all(root[name] for name in ("name", "description"))
    assert date.fromisoformat(root["datePublished"]) == date(1970, 1, 2)
    licence = found[root["license"]["@id"]]
    assert licence["name"]
    assert licence["description"]


def test_the_graph_is_flat_and_every_reference_leads_somewhere(folder):
    found = entities(folder)
    reached = {"ro-crate-metadata.json"}
    for entity in found.values():
        assert isinstance(entity["@type"], str)
        for name, value in values_of(entity):
            assert not isinstance(value, list)
            if isinstance(value, dict):
                assert value.keys() == {"@id"}, f"{entity['@id']}: {name} is nested"
                if name != "conformsTo":
                    assert value["@id"] in found, f"{entity['@id']}: {name}"
                    reached.add(value["@id"])
            assert not (isinstance(entity[name], list) and len(entity[name]) < 2), "one value needs no list"
    assert reached == set(found), "an entity that nothing leads to"


def test_identifiers_are_uris_and_terms_are_in_the_context(folder):
    context = json.loads((folder / FILE).read_text(encoding="utf-8"))["@context"]
    assert context[0] == "https://w3id.org/ro/crate/1.1/context"
    for identifier in entities(folder):
        assert re.fullmatch(r"(https?://|#|\./)?[^\s<>\"{}|\\^`#]*", identifier), identifier
        assert "%" not in re.sub("%[0-9A-F]{2}", "", identifier)
    assert all(address.startswith("http") for address in context[1].values())


def test_every_file_of_the_folder_is_listed_as_it_is(folder):
    found = entities(folder)
    listed = referred(found["./"]["hasPart"])
    assert {unquote(name) for name in listed} == {file.name for file in folder.iterdir()} - {FILE}
    assert {name for name, entity in found.items() if entity["@type"] == "File"} == set(listed)
    for name in listed:
        content = (folder / unquote(name)).read_bytes()
        assert found[name]["sha256"] == hashlib.sha256(content).hexdigest()
        assert found[name]["contentSize"] == str(len(content))
        media = dict(values_of(found[name] | {"encodingFormat": found[name]["encodingFormat"]}))
        assert media["encodingFormat"] != "application/octet-stream"
        assert " / " in found[name]["description"], f"{name} is not described in both languages"


def test_columns_are_those_of_the_tables(folder):
    found = entities(folder)
    tables = list(folder.glob("*.parquet")) + list(folder.glob("*.csv"))
    for table in tables:
        if table.stem.startswith("layout"):
            assert "variableMeasured" not in found["layout-老旧%2050%25%231.csv"]
            continue
        names = [found[each]["name"] for each in referred(found[table.name]["variableMeasured"])]
        frame = pd.read_parquet(table) if table.suffix == ".parquet" else pd.read_csv(table)
        assert names == list(frame.columns)
    described = {entity["@type"] for name, entity in found.items() if re.match(r"#\w+\.", name)}
    assert described == {"PropertyValue"}


def test_some_columns_and_figures_in_detail(folders):
    ran, compared = entities(folders["run"]), entities(folders["compare"])
    found_by = ran["#cases.found_by"]
    assert "patrol_talk" in found_by["valueReference"]
    assert (found_by["datatype"], found_by["required"]) == ("string", False)
    assert (ran["#cases.orphan_h"]["unitText"], ran["#cases.orphan_h"]["required"]) == ("h", True)
    reach = compared["#runs.notice.reach_72h"]
    assert reach["description"] == " / ".join(
        (METRICS["notice.reach_72h"].en, METRICS["notice.reach_72h"].zh)
    )
    assert ran["satisfaction.zh.svg"]["description"].startswith("How satisfied residents are / ")
    assert ran["satisfaction.zh.svg"]["inLanguage"] == "zh"
    assert ran["satisfaction.parquet"]["description"].startswith("A row per month")
    assert ran["cases.parquet"]["encodingFormat"][0] == "application/vnd.apache.parquet"


def test_the_making_names_software_seeds_inputs_and_command(folders):
    for kind, seeds in (("run", "3"), ("compare", "4-6")):
        found = entities(folders[kind])
        record = json.loads((folders[kind] / "provenance.json").read_text(encoding="utf-8"))
        made = found[found["./"]["mentions"]["@id"]]
        assert made["@type"] == "CreateAction"
        assert made["description"] == f"gongzhi {kind} provenance.json"
        given = referred(made["object"])
        assert "provenance.json" in given
        assert ("layout-老旧%2050%25%231.csv" in given) == (kind == "run")
        assert found["#seeds"]["value"] == seeds
        assert {*referred(made["result"]), *given} == {*referred(found["./"]["hasPart"]), "#seeds"}
        software = found[made["instrument"]["@id"]]
        assert software["@type"] == "SoftwareSourceCode"
        assert software["version"] == record["versions"]["gongzhi"]
        assert found[software["identifier"]["@id"]]["value"] == record["code"]
        libraries = {
            found[each]["name"]: found[each]["version"] for each in referred(software["softwareRequirements"])
        }
        python = found[software["programmingLanguage"]["@id"]]["version"]
        assert libraries | {"gongzhi": software["version"], "python": python} == record["versions"]
        assert record["platform"]["machine"] in software["runtimePlatform"]


def test_an_input_is_no_table_and_may_lie_deeper(tmp_path):
    (tmp_path / "scenarios").mkdir()
    names = ("scenarios/a b.yaml", "cases.csv", "en.yaml", "points.parquet")
    for name in names:
        (tmp_path / name).write_text("x")
    record = describe("run", {"a": Scenario.model_validate(SMALL)}, [1, 3], {})
    write_crate(tmp_path, names, record, names[:3])
    found = entities(tmp_path)
    assert "variableMeasured" not in found["cases.csv"]
    assert "inLanguage" not in found["en.yaml"]
    assert found["scenarios/a%20b.yaml"]["encodingFormat"] == "application/yaml"
    assert found["#seeds"]["value"] == "1, 3"
    assert found["#made"]["result"] == {"@id": "points.parquet"}
    assert found["#made"]["description"] == "gongzhi run scenarios/a b.yaml"


def test_tables_kept_of_every_run_are_folders_with_their_columns(tmp_path):
    for name in ("cases", "work"):
        (tmp_path / "tables" / name).mkdir(parents=True)
    (tmp_path / "x.parquet").write_text("x")
    record = describe("sweep", {"a": Scenario.model_validate(SMALL)}, [1], {})
    write_crate(tmp_path, ["x.parquet"], record, kept=["cases", "work", "visits"])
    found = entities(tmp_path)
    assert referred(found["./"]["hasPart"]) == ["x.parquet", "tables/cases/", "tables/work/"]
    assert referred(found["#made"]["result"]) == referred(found["./"]["hasPart"])
    for name in ("cases", "work"):
        kept = found[f"tables/{name}/"]
        assert kept["@type"] == "Dataset"
        assert kept["description"].startswith("A table of every run, each in a file KEY.parquet")
        assert tables()[name].zh in kept["description"]
        columns = [*(column.name for column in tables()[name].all_columns()), "key"]
        assert [found[one]["name"] for one in referred(kept["variableMeasured"])] == columns
    assert "#visits.key" not in found, "of which no run left a table"


def test_the_same_result_gives_the_same_bytes(folders, results, tmp_path):
    write_comparison(tmp_path / "again", results["compare"], [4, 5, 6], "again")
    assert (tmp_path / "again" / FILE).read_bytes() == (folders["compare"] / FILE).read_bytes()


@pytest.mark.parametrize("epoch", [None, "", "soon", "9" * 30])
def test_without_a_day_asked_for_it_is_today(epoch, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    today = day_of_writing()
    assert date.fromisoformat(today) > date(2025, 1, 1)
    if epoch is not None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert day_of_writing() >= today
