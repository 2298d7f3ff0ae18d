"""The editor's bundle is that of its sources, and what it completes is what the schema has."""

import json
import re
import shutil
import subprocess
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest

from scenarios import json_schema
from scenarios.loading import FOLDER

VIEW = Path(str(files("experiments.view")))
SOURCES = ("build.mjs", "editor.js", "package-lock.json", "package.json")
BUNDLE = VIEW / "assets" / "vendor" / "editor.js"


def test_the_bundle_was_made_of_these_sources() -> None:
    stamp = sha256(b"".join((VIEW / "editor" / name).read_bytes() for name in SOURCES)).hexdigest()
    assert stamp in BUNDLE.read_text(encoding="utf-8").partition("\n")[0], "npm run build, in view/editor"


def test_the_bundle_fetches_nothing() -> None:
    addresses = set(re.findall(r"(?:https?|wss?)://[^\"'`\s)]*", BUNDLE.read_text(encoding="utf-8")))
    assert addresses == {"http://www.w3.org/2000/svg"}


def test_each_package_in_the_bundle_has_its_licence() -> None:
    text = (VIEW / "assets" / "vendor" / "LICENSES.txt").read_text(encoding="utf-8")
    lock = json.loads((VIEW / "editor" / "package-lock.json").read_text(encoding="utf-8"))
    used = {name: one for name, one in lock["packages"].items() if name and not one.get("dev")}
    assert len(used) > 8
    for name, one in used.items():
        assert f"{name.removeprefix('node_modules/')} {one['version']} (MIT)" in text
        assert one["integrity"].startswith("sha512-")


COMPLETIONS = {
    "commu|": "community",
    "community:\n  hou|": "households",
    "community:\n  # a remark\n\n  people: {elderly_|": "elderly_share",
    "cases:\n  categories:\n    mine:\n      ra|": "rate",
    "mechanisms:\n  hub: |": "true",
    "extends: |": "coordinated",
    "days: 5\n# commu|": None,
    "days: 5\n|": "community",
}

SCRIPT = """
import { readFileSync } from "node:fs";
import { keyAt, Schema } from "./schema.js";
const { schema, text, wanted } = JSON.parse(readFileSync(0, "utf8"));
const it = new Schema(schema);
const completed = wanted.map((one) => {
  const position = one.indexOf("|");
  const found = it.complete(one.replace("|", ""), position, true);
  return found ? found.options.map((option) => option.label) : null;
});
const unknown = [];
let known = 0;
let offset = 0;
for (const line of text.split("\\n")) {
  for (const match of line.split("#")[0].matchAll(/(^|[\\s{])(\\w+):(?=\\s|$)/g)) {
    const path = keyAt(text, offset + match.index + match[1].length + 1);
    if (path && it.text(it.at(path))) known += 1;
    else unknown.push(line);
  }
  offset += line.length + 1;
}
console.log(JSON.stringify({ completed, known, unknown }));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js, as building the bundle does")
def test_keys_and_values_are_completed_and_explained_where_they_stand(tmp_path: Path) -> None:
    shutil.copy(VIEW / "assets" / "schema.js", tmp_path / "schema.js")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "try.js").write_text(SCRIPT)
    text = (FOLDER / "coordinated.yaml").read_text(encoding="utf-8")
    request = json.dumps({"schema": json_schema(), "text": text, "wanted": list(COMPLETIONS)})
    run = subprocess.run(
        ["node", "try.js"],
        cwd=tmp_path,
        input=request,
        text=True,
        capture_output=True,
        check=True,
        timeout=60,
    )
    found = json.loads(run.stdout)
    for (written, wanted), completed in zip(COMPLETIONS.items(), found["completed"], strict=True):
        assert (completed is None) == (wanted is None), written
        assert wanted is None or wanted in completed, written
    assert found["unknown"] == []
    assert found["known"] > 300
