"""What visitors can do, one room for each."""

from experiments.view.editing import EDITING
from experiments.view.saving import SAVING
from experiments.view.session import Room
from experiments.view.showing import SHOWING
from experiments.view.steering import STEERING

ROOMS: tuple[Room, ...] = (SHOWING, STEERING, EDITING, SAVING)
