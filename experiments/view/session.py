"""A session: what one visitor has open. It belongs to one page and ends with it.

What a visitor can do lies in rooms, one file each, see :mod:`experiments.view.rooms`.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from experiments.costs import check_costs
from experiments.messages import LANGUAGES, Language, say, titles_of
from experiments.provenance import scenario_hash
from experiments.view.asked import is_shallow
from experiments.view.errors import FullError
from experiments.view.film import Films
from experiments.view.visits import GRACE, gives_way
from scenarios.errors import GongzhiError
from scenarios.phrases import phrase
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
    watched_by: Callable[["Session"], int] = lambda _session: 0
    """How many others see what the visitor shows."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who has a session."""

    address: str = ""
    """Where the visitor comes from, see :func:`experiments.view.visits.address_of`."""
    browser: str = ""
    """By what the browser is known: it may have several pages open."""
    kernel: str = ""
    """Of the page."""
    gone: Callable[[], float] = lambda: 0.0
    """Seconds since the page has gone; 0 while it is there."""


@dataclass(slots=True, eq=False)
class Session:
    """What one visitor sees, and what can be done to it.

    Args:
        films: the server's.
        rooms: what can be done.
        visitor: whose it is.

    Raises:
        ValueError: two rooms have an action of one name.

    Attributes:
        sides: the runs shown, at most two, all with the same seed.
        problem: what went wrong with what was asked last; None where nothing
            did; by language.
        version: counts the changes, so that the page sees each.
        memory: what rooms remember, by the room's name.
        closed: whether it has ended.
        used: when something was done last.
        tell: called, from any thread, where something has changed that was not asked for just now.
    """

    films: Films
    rooms: Sequence[Room]
    visitor: Visitor = Visitor()
    sides: list[Side] = field(default_factory=list)
    seed: int = 1
    problem: dict[Language, str] | None = None
    version: int = 0
    memory: dict[str, Any] = field(default_factory=dict)
    closed: bool = False
    used: float = field(default_factory=monotonic)
    tell: Callable[[], None] = lambda: None
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
            if self.closed or not isinstance(action, Mapping) or not is_shallow(action):
                return
            self.used = monotonic()
            name = str(action.get("do"))
            room = self._room_of.get(name)  # an unknown action is the page's mistake and is left alone
            quiet = room is not None and name in room.quiet
            if not quiet:
                self.problem = None
                self.version += 1
            if room is not None and not self._done(lambda: room.actions[name](self, action)):
                self.version += int(quiet)

    def _done(self, do: Callable[[], None]) -> bool:
        """Do something; whether it went well, and if not, the problem says why."""
        try:
            do()
        except GongzhiError as error:
            self.problem = error.in_both()
        except Exception as error:  # noqa: BLE001 - whatever it is, the page says so and goes on
            text = f"{type(error).__name__}: {error}"
            self.problem = {one: say("view_broken", one, error=text) for one in LANGUAGES}
        else:
            return True
        return False

    def later[T](self, compute: Callable[[], T], then: Callable[[Callable[[], T]], None]) -> None:
        """Compute something beside what the visitor does next.

        Args:
            compute: in a thread of its own, while nothing is locked.
            then: with the session locked, if it is still open; what it is given returns what came out, or
                raises what was raised.
        """

        def work() -> None:
            outcome: Future[T] = Future()
            try:
                outcome.set_result(compute())
            except Exception as error:  # noqa: BLE001 - the outcome raises it
                outcome.set_exception(error)
            with self.lock:
                if self.closed:
                    return
                self._done(lambda: then(outcome.result))
                self.version += 1
            self.tell()

        threading.Thread(target=work, daemon=True).start()

    def show(self, sides: Sequence[tuple[str, Scenario]], seed: int) -> None:
        """Show other runs instead of the present ones.

        Raises:
            TooLargeError: one of them would cost too much.
            ViewError: together they would take more memory than the server has for films.
        """
        check_costs(scenario for _, scenario in sides)
        self.films.check({scenario_hash(one): one for _, one in sides}.values())
        new: list[Side] = []
        try:
            for name, scenario in sides:
                key = self.films.hold(scenario, seed, self.visitor.address)
                new.append(Side(name, scenario, key))
        except GongzhiError:  # a layout was changed just now
            self._release(new)
            raise
        self._release(self.sides)
        self.sides, self.seed = new, seed

    def _release(self, sides: Sequence[Side]) -> None:
        for side in sides:
            self.films.release(side.key, self.visitor.address)

    def replace(self, number: int, name: str, scenario: Scenario) -> None:
        """Show another run on one side.

        Raises:
            TooLargeError: it would cost too much.
            ViewError: together with the other side it would take too much memory.
        """
        sides = [(side.name, side.scenario) for side in self.sides]
        sides[number] = (name, scenario)
        self.show(sides, self.seed)

    @property
    def rank(self) -> tuple[int, float]:
        """How much would be lost with it: others who watch, and when somebody did or looked at something."""
        looked = max((self.films.asked(side.key) for side in self.sides), default=0.0)
        return sum(room.watched_by(self) for room in self.rooms), max(self.used, looked)

    def give_way(self) -> None:
        """End it for somebody else, and say so."""
        self.close()
        self.tell()

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
            self._release(self.sides)
            self.sides = []


class Sessions:
    """All sessions of a server.

    Where there are as many as there may be, a newcomer takes the place of one whose page has gone, or else of
    one from the address that has the most, see :mod:`experiments.view.visits`.

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
        self._open: list[Session] = []
        self._lock = threading.Lock()

    def open(self, visitor: Visitor | None = None) -> Session:
        """A new session.

        Raises:
            FullError: there are as many as there may be, and none has to give way.
        """
        session = Session(self.films, self.rooms, visitor or Visitor())
        with self._lock:
            if len(self._open) >= self.most:
                leaver = self._leaver(session.visitor.address)
                if leaver is None:
                    raise FullError(
                        phrase("{most} people are watching already: try again later", most=self.most)
                    )
                self._open.remove(leaver)
                # whatever it is about to do, the newcomer does not wait for it
                threading.Thread(target=leaver.give_way, daemon=True).start()
            self._open.append(session)
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
            if session in self._open:
                self._open.remove(session)

    def seated(self, kernel: str) -> bool:
        """Whether the page of a kernel has a session."""
        return any(session.visitor.kernel == kernel for session in list(self._open))

    def _leaver(self, newcomer: str) -> Session | None:
        """Who gives a place to a newcomer from an address; None where nobody has to."""
        gone = [session for session in self._open if session.visitor.gone() > GRACE]
        if gone:
            return min(gone, key=lambda session: session.rank)
        holder = gives_way(Counter(session.visitor.address for session in self._open), newcomer)
        theirs = [session for session in self._open if session.visitor.address == holder]
        return min(theirs, key=lambda session: session.rank, default=None)

    def __len__(self) -> int:
        """Sessions open."""
        return len(self._open)
