"""What files a scenario may use that comes from somebody who may not read every file of this machine."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from scenarios.errors import Problem
from scenarios.merging import find
from scenarios.phrases import Phrase, listed, phrase
from scenarios.reading import Node


@dataclass(frozen=True, slots=True)
class Fence:
    """A folder beyond which no file may be used.

    Args:
        folder: the folder.
        trusted: full paths of files that may be used wherever they lie.
    """

    folder: Path
    trusted: Collection[str] = ()

    def refusal(self, path: Path, endings: Collection[str] = ()) -> Phrase | None:
        """Why a file may not be used, whether it is there or not; None where it may be.

        Args:
            path: the file; links are followed, so that none leads out.
            endings: of its name, where only some are allowed.
        """
        if str(path) in self.trusted:
            return None
        try:
            within = Path(os.path.realpath(path)).relative_to(os.path.realpath(self.folder))
        except ValueError:  # elsewhere, or a NUL in the name
            return phrase("lies outside the folder in which this was started, where alone files may be used")
        if any(part.startswith(".") for part in within.parts):
            return phrase("is hidden: its name or its folder's begins with a dot")
        if endings and within.suffix.lower() not in endings:
            return phrase("does not end with {endings}", endings=listed(sorted(endings)))
        return None

    def problem_of_layout(self, tree: Node, folder: Path) -> Problem | None:
        """What is wrong with the file that ``community.layout`` names; None where it may be used.

        Args:
            tree: of a scenario.
            folder: what the layout's path is relative to.
        """
        layout = find(tree, ("community", "layout"))
        if layout is None or not isinstance(layout.value, str):
            return None
        reason = self.refusal(folder / layout.value)
        shown = layout.value if len(layout.value) <= 80 else f"{layout.value[:79]}…"
        if reason is None:
            return None
        return layout.place.problem("community.layout", about_file(shown, reason))


def about_file(name: str, reason: Phrase) -> Phrase:
    """Why the file of a name may not be used."""
    return phrase("'{name}' {reason}", name=name, reason=reason)
