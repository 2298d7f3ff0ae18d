"""The data dictionary: what every column of every result table is, in English and in Chinese.

It stands in ``columns.toml``; ``python3 -m experiments.dictionary`` writes the pages about tables from it.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from experiments.messages import LANGUAGES, Language
from simulation.results.metrics import METRICS

FILE = Path(__file__).with_name("columns.toml")
PAGES: dict[Language, str] = {"en": "docs/tables.md", "zh": "docs/tables.zh.md"}
"""Pages about tables; all from the first heading of a table on is written from the dictionary."""
HEADS: dict[Language, str] = {
    "en": "| column | type | unit | meaning | words |",
    "zh": "| 列 | 类型 | 单位 | 含义 | 取值 |",
}
_NAME = re.compile(r"(?<![a-z0-9_.])[a-z]+(?:[_.][a-z0-9]+)+")
"""Names of columns, words and keys within a text."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result table."""

    name: str
    type: str
    """As :func:`pandas.read_parquet` gives it."""
    en: str
    zh: str
    unit: str = ""
    words: tuple[str, ...] = ()
    """All words that it can hold, but for those of ``names``; empty where it holds no words or any."""
    names: str = ""
    """Where further words come from: the dotted path of a part of the scenario, or ``metrics``."""
    nullable: bool = False
    """Whether a value can be missing; types that say so themselves need no mention."""


@dataclass(frozen=True, slots=True)
class Table:
    """One result table."""

    name: str
    of: Literal["run", "trace", "compare", "sweep", "city", "attribute", "optimise"]
    """What leaves it: a run, one with ``--trace``, a comparison, a sweep, a city, an attribution, a search,
    whose columns are named by its file."""
    en: str
    zh: str
    columns: tuple[Column, ...]
    metrics: str = ""
    """Type of a column for each metric, which follow the others; empty where there are none."""
    file: str = ""
    """Stem of its file's name, where that is not its own."""
    factors: bool = False
    """Whether it has a column for each factor of its sweep too, after ``point``."""

    @property
    def stem(self) -> str:
        """Stem of its file's name."""
        return self.file or self.name

    def all_columns(self) -> Iterator[Column]:
        """Its own columns, and those of the metrics."""
        yield from self.columns
        if self.metrics:
            for metric in METRICS.values():
                yield Column(metric.name, self.metrics, metric.en, metric.zh, metric.unit, nullable=True)


NULLABLE = ("Float64", "Int64", "boolean", "string")
"""Types of columns in which a value can be missing."""


@cache
def _read() -> tuple[dict[str, Table], dict[str, str]]:
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    units: dict[str, str] = data.pop("units")
    return {name: _table(name, **table) for name, table in data.items()}, units


def _table(name: str, columns: dict[str, dict[str, Any]], **about: Any) -> Table:
    own = tuple(
        Column(
            column,
            **what
            | {
                "words": tuple(what.get("words", ())),
                "nullable": what.get("nullable", what["type"] in NULLABLE),
            },
        )
        for column, what in columns.items()
    )
    return Table(name, columns=own, **about)


def tables() -> dict[str, Table]:
    """All result tables by name."""
    return _read()[0]


FACTOR_TYPES = {"bool": "bool", "int64": "int64", "double": "float64", "string": "string"}
"""Type in the dictionary of a factor's column, by its type in the file."""


def with_factors(table: Table, path: Path) -> Table:
    """A table with the factors and outcomes that its file has columns for, each where it stands there."""
    import pyarrow.parquet as pq

    fields = [field for field in pq.read_schema(path) if field.name not in METRICS]
    columns = [_column_of(table, field.name, str(field.type)) for field in fields]
    return replace(table, columns=tuple(columns))


def _column_of(table: Table, name: str, kind: str) -> Column:
    """A column of a file, of a kind that Parquet names: one of its table, of an outcome, or of a factor."""
    own = {column.name: column for column in table.columns}
    if name in own:
        return own[name]
    metric, _, value = name.rpartition(".")
    if metric in METRICS and (found := own.get(f"{{outcome}}.{value}")) is not None:
        about = METRICS[metric]
        return replace(
            found, name=name, en=f"{about.en}: {found.en}", zh=f"{about.zh}：{found.zh}", unit=about.unit
        )
    return Column(
        name,
        FACTOR_TYPES[kind],
        f"value of the factor {name} at this point; durations of a range in hours",
        f"因素 {name} 在该点的取值；区间中的时长以小时计",
    )


def unit_in(unit: str, language: Language) -> str:
    """A unit of the dictionary in a language."""
    return _read()[1][unit] if unit and language == "zh" else unit


def page(language: Language) -> str:
    """A section for each table, as Markdown."""
    return "\n".join(_section(table, language) for table in tables().values())


def _section(table: Table, language: Language) -> str:
    rows = [
        f"| `{column.name}` | {column.type} | {unit_in(column.unit, language)} "
        f"| {_quoted(getattr(column, language), column.words)} | {_words(column, language)} |"
        for column in table.columns
    ]
    lines = [
        f"## {table.name}",
        "",
        _quoted(getattr(table, language), ()),
        "",
        HEADS[language],
        "|---" * 5 + "|",
    ]
    return "\n".join([*lines, *rows, ""])


def _quoted(text: str, words: tuple[str, ...]) -> str:
    """A text with the names in it marked as such; ``words`` that it explains before a colon, too."""
    any_word = "|".join(map(re.escape, words))
    explained = re.compile(rf"(?<![a-z0-9_.`])(?:{any_word})(?=[:：])") if words else None
    text = _NAME.sub(r"`\g<0>`", text)
    return explained.sub(r"`\g<0>`", text) if explained else text


def _words(column: Column, language: Language) -> str:
    known = [f"`{word}`" for word in column.words]
    if column.names == "metrics":
        known.append("a metric" if language == "en" else "指标名")
    elif column.names:
        known.append(f"names in `{column.names}`" if language == "en" else f"`{column.names}` 中的名称")
    return ", ".join(known)


def write_pages(root: Path) -> None:
    """Write the pages anew, keeping what stands before the first heading of a table."""
    for language in LANGUAGES:
        path = root / PAGES[language]
        head = path.read_text(encoding="utf-8").split("\n## ", 1)[0]
        path.write_text(f"{head.rstrip()}\n\n{page(language)}", encoding="utf-8")


if __name__ == "__main__":
    write_pages(FILE.parents[1])
