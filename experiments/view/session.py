"""A session: what one visitor has open. It belongs to one page and ends with it.

What a visitor can do lies in rooms, one file each, see :mod:`experiments.view.rooms`.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from experiments.costs import check_costs
from experiments.messages import LANGUAGES, Language, say, titles_of
from experiments.view.errors import FullError
from experiments.view.film import Films
from scenarios.errors import GongzhiError
from scenarios.schema import Scenario

MOST_SIDES = 2
EDITED = "-edited"
"""In the name of a side whose scenario was changed in the page."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the runs that are shown beside each other."""

    name: str
    """What it was opened as: a shipped scenario's name or a file's."""
    scenario: Scenario
    key: str
    """Of its film."""

    def label(self) -> dict[Language, str]:
        """What stands above its map: its title, whether it was edited, and from when its rules are others."""
        label = titles_of(self.scenario.title)
        if EDITED in self.name:
            label = {
                language: say("view_edited", language, title=text.replace(EDITED, ""))
                for language, text in label.items()
            }
        if self.scenario.changes:
            day = self.scenario.changes[0].day + 1
            label = {
                language: say("view_changed_from", language, title=text, day=day)
                for language, text in label.items()
            }
        return label


@dataclass(frozen=True, slots=True)
class Room:
    """A thing that visitors can do: choose scenarios, edit, follow a lesson ..."""

    name: str
    actions: Mapping[str, Callable[["Session", Mapping[str, Any]], None]]
    """By name: what each does with the session and with what the page sent, which may be anything."""
    state: Callable[["Session"], Any] = lambda _session: None
    """What the page has to know for it, as plain data; under the room's name in :meth:`Session.state`."""
    quiet: frozenset[str] = frozenset()
    """Actions that change nothing on the page: it is not told again."""
    leave: Callable[["Session"], None] = lambda _session: None
    """What is to be done when the visitor goes."""


@dataclass(slots=True)
class Session:
    """What one visitor sees, and what can be done to it.

    Args:
        films: the server's.
        rooms: what can be done.

    Raises:
        ValueError: two rooms have an action of one name.

    Attributes:
        sides: the runs shown, at most two, all with the same seed.
        problem: what went wrong with what was asked last; None where nothing
            did; by language.
        version: counts the changes, so that the page sees each.
        memory: what rooms remember, by the room's name.
    """

    films: Films
    rooms: Sequence[Room]
    sides: list[Side] = field(default_factory=list)
    seed: int = 1
    problem: dict[Language, str] | None = None
    version: int = 0
    memory: dict[str, Any] = field(default_factory=dict)
    closed: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)
    _room_of: dict[str, Room] = field(init=False)

    def __post_init__(self) -> None:
        """Find the room of each action."""
        self._room_of = {name: room for room in self.rooms for name in room.actions}
        if len(self._room_of) < sum(len(room.actions) for room in self.rooms):
            raise ValueError("two rooms have an action of one name: only one of them could be meant")

    def state(self) -> dict[str, Any]:
        """What the page shows, as plain data."""
        return {
            "version": self.version,
            "seed": self.seed,
            "problem": self.problem,
            "sides": self.shown(),
            **{room.name: room.state(self) for room in self.rooms},
        }

    def shown(self) -> list[dict[str, Any]]:
        """The sides as plain data."""
        return [
            {
                "name": side.name,
                "key": side.key,
                "title": titles_of(side.scenario.title),
                "label": side.label(),
                "days": side.scenario.days,
            }
            for side in self.sides
        ]

    def act(self, action: Any) -> None:
        """Do what the visitor asks; what cannot be done becomes the problem that the page shows."""
        with self.lock:
            if self.closed or not isinstance(action, Mapping):
                return
            name = str(action.get("do"))
            room = self._room_of.get(name)  # an unknown action is the page's mistake and is left alone
            quiet = room is not None and name in room.quiet
            if not quiet:
                self.problem = None
                self.version += 1
            try:
                if room is not None:
                    room.actions[name](self, action)
            except GongzhiError as error:
                self.problem = error.in_both()
                self.version += int(quiet)
            except Exception as error:  # noqa: BLE001 - whatever it is, the page says so and goes on
                text = f"{type(error).__name__}: {error}"
                self.problem = {one: say("view_broken", one, error=text) for one in LANGUAGES}
                self.version += int(quiet)

    def show(self, sides: Sequence[tuple[str, Scenario]], seed: int) -> None:
        """Show other runs instead of the present ones.

        Raises:
            TooLargeError: one of them would cost too much.
        """
        check_costs(scenario for _, scenario in sides)
        new = [Side(name, scenario, self.films.hold(scenario, seed)) for name, scenario in sides]
        for side in self.sides:
            self.films.release(side.key)
        self.sides, self.seed = new, seed

    def replace(self, number: int, name: str, scenario: Scenario) -> None:
        """Show another run on one side.

        Raises:
            TooLargeError: it would cost too much.
        """
        sides = [(side.name, side.scenario) for side in self.sides]
        sides[number] = (name, scenario)
        self.show(sides, self.seed)

    def free_name(self, number: int, name: str) -> str:
        """A name that no side but this one has: in tables and files two scenarios need two."""
        others = {one.name for place, one in enumerate(self.sides) if place != number}
        stem, count = name, 2
        while name in others:
            name, count = f"{stem}-{count}", count + 1
        return name

    def close(self) -> None:
        """The visitor has gone."""
        with self.lock:
            self.closed = True
            for room in self.rooms:
                room.leave(self)
            for side in self.sides:
                self.films.release(side.key)
            self.sides = []


class Sessions:
    """All sessions of a server.

    Args:
        films: the server's.
        rooms: what visitors can do.
        first: the scenarios that a new session shows.
        most: sessions at a time.
    """

    def __init__(
        self,
        films: Films,
        rooms: Sequence[Room],
        first: Sequence[tuple[str, Scenario]],
        most: int,
    ) -> None:
        self.films = films
        self.rooms = rooms
        self.first = first
        self.most = most
        self._open: set[int] = set()
        self._lock = threading.Lock()

    def open(self) -> Session:
        """A new session.

        Raises:
            FullError: there are as many as there may be.
        """
        session = Session(self.films, self.rooms)
        with self._lock:
            if len(self._open) >= self.most:
                raise FullError(f"{self.most} people are watching already: try again later")
            self._open.add(id(session))
        try:
            session.show(self.first, session.seed)
        except BaseException:
            self.close(session)
            raise
        return session

    def close(self, session: Session) -> None:
        """End a session."""
        session.close()
        with self._lock:
            self._open.discard(id(session))

    def __len__(self) -> int:
        """Sessions open."""
        return len(self._open)
