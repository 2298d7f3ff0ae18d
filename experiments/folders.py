"""Result folders: each holds one result, which another of the same command replaces whole."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from experiments import crate, provenance
from experiments.figures import FIGURES
from experiments.files import make_folder, refusing
from experiments.messages import LANGUAGES
from scenarios.errors import ResultError

REPORT = "report.html"
DRAWN = {f"{name}.{language}.{kind}" for name in FIGURES for language in LANGUAGES for kind in ("png", "svg")}
OURS = ("*.parquet", "summary.json", "comparison.csv", REPORT, crate.FILE, *sorted(DRAWN))
"""Names under which results are written."""
COMMANDS = {"city": "sweep"}
"""Commands that are called otherwise than the kind of their result."""


def claim(folder: Path, kind: str) -> None:
    """Make a result folder, or find before any work is done that no result of this kind can be written there.

    Args:
        folder: where the result should be.
        kind: of the result; an earlier one of the same kind will be replaced.

    Raises:
        OutputError: it cannot be made or written to.
        ResultError: it holds something else.
    """
    make_folder(folder)
    if not (folder / provenance.FILE).exists():
        strangers = sorted({file.name for pattern in OURS for file in folder.glob(pattern)})
        if strangers:
            more = f" and {len(strangers) - 3} more" if len(strangers) > 3 else ""
            raise ResultError(
                f"{folder}: holds {', '.join(strangers[:3])}{more}, which a result would overwrite, but no "
                f"{provenance.FILE}: choose another --out"
            )
        return
    try:
        earlier = provenance.described(folder / provenance.FILE)
    except ResultError as error:
        raise ResultError(f"{error}; to write a result there, choose another --out") from error
    if earlier["kind"] != kind:
        command = COMMANDS.get(earlier["kind"], earlier["kind"])
        names, seeds = ", ".join(earlier["scenarios"]), ", ".join(map(str, earlier["seeds"][:5]))
        raise ResultError(
            f"{folder}: holds the result of 'gongzhi {command}' ({names}; seeds {seeds}"
            f"{' ...' if len(earlier['seeds']) > 5 else ''}): choose another --out, or remove that folder"
        )


def holds_whole(folder: Path) -> bool:
    """Whether a folder that was claimed holds a result of which no run is still to be done."""
    file = folder / provenance.FILE
    return file.exists() and not provenance.described(file).get(provenance.UNFINISHED)


def beside(folder: Path, kind: str) -> Path:
    """Where a result goes that may not replace the whole one in ``folder``: the next free one beside it."""
    number = 1
    while True:
        name = "interrupted" if number == 1 else f"interrupted-{number}"
        place = folder.with_name(f"{folder.resolve().name}-{name}")
        if not place.exists():
            claim(place, kind)
            return place
        number += 1


def files_of(folder: Path) -> set[str]:
    """The names under which the result in a folder was written; none where there is no result."""
    if not (folder / provenance.FILE).exists():
        return set()
    earlier = provenance.described(folder / provenance.FILE)
    layouts = [_layout(data) for data in earlier["scenarios"].values()]
    own = {*earlier.get("results", ()), *(name for name in layouts if name), *DRAWN, REPORT, crate.FILE}
    return {name for name in own if Path(name).name == name}


def clear(folder: Path, names: Collection[str]) -> None:
    """Remove files that an earlier result left and the present one does not write."""
    for name in names:
        with refusing(folder / name):
            (folder / name).unlink(missing_ok=True)


def _layout(scenario: Any) -> str | None:
    place = scenario.get("community") if isinstance(scenario, dict) else None
    layout = place.get("layout") if isinstance(place, dict) else None
    return layout if isinstance(layout, str) else None
