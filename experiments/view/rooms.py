"""What visitors can do, one room for each."""

from collections.abc import Mapping

from experiments.view.classes import Classes
from experiments.view.editing import EDITING
from experiments.view.leading import leading
from experiments.view.reading_lessons import LessonFile
from experiments.view.saving import SAVING
from experiments.view.session import Room
from experiments.view.showing import SHOWING
from experiments.view.steering import STEERING
from experiments.view.teaching import teaching

ROOMS: tuple[Room, ...] = (SHOWING, STEERING, EDITING, SAVING)
"""Those that need nothing but a session."""


def rooms_of(classes: Classes, lessons: Mapping[str, LessonFile]) -> tuple[Room, ...]:
    """All rooms of a server with these classes and lessons."""
    return (*ROOMS, leading(classes), teaching(lessons))
