"""Hostile files: each gets one clear message, without a traceback and without memory."""

import gzip
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios import validate_file

START = "title: x\n"
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

TEXTS = {
    "bomb": (BOMB, "anchors (&a) are not allowed"),
    "anchor": (START + "days: &d 3\n", "2:7: anchors (&d) are not allowed"),
    "alias": (START + "days: *d\n", "2:7: aliases (*d) are not allowed"),
    "alias as key": ("*a : 3\n", "aliases (*a) are not allowed"),
    "merge key": (START + "<<: {days: 3}\n", "2:1: merge keys (<<) are not allowed"),
    "tag": (START + "days: !!python/object/apply:os.system [ls]\n", "2:7: tags (tag:yaml.org"),
    "tagged key": ("!!str title: x\n", "1:1: tags (tag:yaml.org"),
    "duplicate": (START + "days: 3\ndays: 4\n", "3:1: days: this key was already given in line 2"),
    "line of a megabyte": (
        START + "asks: " + "x" * 1_000_000 + "\n",
        "the file is larger than the 200,000 bytes",
    ),
    "long line": (START + "asks: " + "x" * 190_000 + "\n", 'asks: "xxxx'),
    "long key": ("x" * 190_000 + ": 1\n", "not valid YAML"),
    "NUL": (START + "asks: a\0b\n", "2:8: a NUL may not stand in a scenario"),
    "NUL by escape": (START + 'asks: "\\0"\n', "2:7: asks: a NUL may not stand in a scenario"),
    "control character": (START + "asks: \x07\n", "2:7: the control character U+0007"),
    "half a surrogate": (START + 'asks: "\\ud800"\n', "2:7: asks: the control character U+D800"),
    "no such character": (START + 'asks: "\\Uffffffff"\n', "not valid YAML: an escape in double quotes"),
    "deep flow": (START + "asks: " + "[" * 100_000, "2:27: values are nested more than 20 deep"),
    "deep block": (
        "".join(" " * depth + "a:\n" for depth in range(600)),
        "values are nested more than 20 deep",
    ),
    "deep mappings": ("a: " + "{a: " * 40_000, "values are nested more than 20 deep"),
    "many values": (START + "notices: {at: [" + "3 h," * 45_000 + "]}\n", "12,000 keys and values at most"),
    "many keys": ("".join(f"k{number}: 1\n" for number in range(5500)), "1:1: k0: there is no key 'k0' here"),
    "many mistakes": (
        START + "notices: {at: [" + "3," * 11_000 + "]}\n",
        "2:16: notices.at.0: 3 has no unit",
    ),
    "many duplicates": ("days: 3\n" * 5500, "2:1: days: this key was already given in line 1"),
    "no as a switch": (START + "mechanisms: {hub: no}\n", "'no' is a text in YAML 1.2"),
    "not a number": (START + "notices: {per_year: .nan}\n", "2:21: notices.per_year: .nan is not a finite"),
    "infinite": (START + "notices: {per_year: -.inf}\n", "2:21: notices.per_year: -.inf is not a finite"),
    "overflow": (START + "notices: {per_year: 1e999}\n", "1e999 is too large a number"),
    "long integer": (START + "days: " + "9" * 10_000 + "\n", '2:7: days: "9999'),
    "empty": ("", "the file is empty"),
    "comment only": ("# nothing\n", "the file is empty"),
    "null": ("---\n", "the file is empty"),
    "list": ("- a\n- b\n", "this file holds a list"),
    "one value": ("hello\n", "this file holds a single value"),
    "full-width colon": ("title：x\ndays：3\n", "not with the full-width '：'"),
    "no space": ("title:x\ndays:3\n", "a key's ':' needs a space behind it"),
    "two documents": (START + "---\n" + START, "2:1: a scenario is one YAML document"),
    "directive": ("%YAML 1.1\n---\n" + START, "YAML directives (%...) are not allowed"),
    "tab": ("title: x\nhub:\n\tlag: 1 h\n", "3:1: not valid YAML: a tab stands here"),
    "open quote": (START + 'asks: "abc\n', "2:7: not valid YAML: a quote is opened here and never closed"),
    "open bracket": (
        START + "notices: {at: [3 h\n",
        "2:15: not valid YAML: a bracket or brace is opened here",
    ),
    "list as key": ("? [a]\n: b\n", "a key must be a plain name"),
    "question marks": ("? " * 50_000, "a key must be a plain name"),
    "quotes": ('"' * 190_000, "not valid YAML"),
    "extends itself": (
        "extends: ./self.yaml\n",
        "1:10: extends: './self.yaml' extends this scenario in turn",
    ),
    "extends a list": ("extends: [a]\n", "1:10: extends: give the name of a shipped scenario"),
    "extends nothing": ("extends: ./nope.yaml\n", "1:10: extends: there is no file"),
}
BYTES = {
    "UTF-16": (START.encode("utf-16"), "encoded in UTF-16; save the file as UTF-8"),
    "UTF-16 without mark": (START.encode("utf-16-le"), "or encoded in UTF-16; save the file as UTF-8"),
    "UTF-32": (START.encode("utf-32"), "encoded in UTF-32; save the file as UTF-8"),
    "GBK": ("title: 协同共治的社区\n".encode("gbk"), "1: the byte 0xb9 is not UTF-8; it looks like GBK"),
    "Latin-1": ("days: 3\ntitle: café\n".encode("latin-1"), "2: the byte 0xe9 is not UTF-8; save"),
    "gzip": (gzip.compress(b"a" * 10_000), "1: the byte 0x8b is not UTF-8"),
}
CASES = {name: (text.encode(), message) for name, (text, message) in TEXTS.items()} | BYTES
SEVERAL = {"many keys", "many mistakes", "many duplicates"}


def write(folder: Path, name: str) -> Path:
    file = folder / ("self.yaml" if name == "extends itself" else f"{name}.yaml")
    file.write_bytes(CASES[name][0])
    return file


@pytest.mark.parametrize("name", CASES)
def test_one_clear_message(tmp_path: Path, name: str) -> None:
    problems = validate_file(write(tmp_path, name))
    assert CASES[name][1] in str(problems[0])
    assert len(str(problems[0])) < 500
    assert name in SEVERAL or len(problems) == 1


@pytest.mark.slow
def test_all_of_them_in_little_memory(tmp_path: Path) -> None:
    for name in CASES:
        write(tmp_path, name)
    code = (
        "import json, pathlib, resource, sys\n"
        "from scenarios import validate_file\n"
        "lengths = [len(validate_file(file)) for file in sorted(pathlib.Path(sys.argv[1]).iterdir())]\n"
        "print(json.dumps([lengths, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))\n"
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True)
    lengths, kilobytes = json.loads(done.stdout)
    assert len(lengths) == len(CASES)
    assert min(lengths) >= 1
    # A child's peak counts what it shares with its parent before it starts: a large parent shows through.
    assert kilobytes < max(200 * 1024, before + 1024)


def test_what_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    sparse = tmp_path / "sparse.yaml"
    sparse.touch()
    os.truncate(sparse, 10**10)
    told = {
        tmp_path: "this is a folder, not a file",
        pipe: "this is not a regular file",
        loop: "the file cannot be read",
        sparse: "the file is larger than the 200,000 bytes",
        tmp_path / "missing.yaml": "there is no such file",
        tmp_path / "a\0b.yaml": "the file cannot be read",
        tmp_path / ("x" * 5000 + ".yaml"): "the file cannot be read",
    }
    for path, message in told.items():
        problems = validate_file(path)
        assert len(problems) == 1
        assert problems[0].message.startswith(message)


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret.yaml"
    file.write_text(START)

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    assert validate_file(file)[0].message == "no permission to read this file"


def test_a_byte_order_mark_and_windows_lines_are_fine(tmp_path: Path) -> None:
    file = tmp_path / "windows.yaml"
    file.write_bytes("\ufeffextends: coordinated\r\ndays: 3\r\nasks: 多久？\r\n".encode())
    assert validate_file(file) == []
