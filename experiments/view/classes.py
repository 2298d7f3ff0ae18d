"""Classes: what a trainer shows, for followers who see the same and steer nothing.

A class is known by a code of six figures, which may be guessed: wrong codes are counted, and whoever tries
too many has to wait; not for a class that is known where they come from, unless very many are tried there. A
class holds the films it shows, so that followers can fetch them until it ends or shows others.
"""

import asyncio
import secrets
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from weakref import WeakSet

from experiments.view.errors import FullError, GoneError, GuessedError
from experiments.view.film import Films
from experiments.view.session import Side
from experiments.view.visits import gives_way
from scenarios.phrases import phrase

FIGURES = 6
"""Of a code."""
MOST_FOLLOWERS = 60
"""Of one class."""
MOST_WRONG = 10
"""Wrong codes that one address may try in :data:`SPAN` seconds."""
MOST_WRONG_OF_ALL = 60
"""Wrong codes that all addresses together may try: a code in a million then stays unknown for days."""
MOST_TRIED = 300
"""Wrong codes, refused ones too, in :data:`SPAN` seconds at an address where a class is known: more than a
whole class mistypes, and so few that a code in a million stays unknown for a day."""
SPAN = 60.0


class Follower:
    """One page that follows; it sleeps until there is something new.

    Args:
        address: where it is.

    Attributes:
        since: when it came.
        left: whether it is none any more.
    """

    __slots__ = ("__weakref__", "_loop", "_news", "address", "left", "since")

    def __init__(self, address: str = "") -> None:
        self.address, self.since, self.left = address, monotonic(), False
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Say from any thread that there is something new."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)

    async def wait(self, seconds: float) -> bool:
        """Whether something new came within so many seconds."""
        try:
            await asyncio.wait_for(self._news.wait(), seconds)
        except TimeoutError:
            return False
        self._news.clear()
        return True


class Classroom:
    """One class.

    Args:
        code: by which it is found.
        films: the server's.
        address: of whoever shows it, where the code is known from the beginning.

    Attributes:
        sides: the runs shown, whose films it holds.
        seed: of these.
        number: counts what was published.
        shown: what was published last, as plain data.
        ended: whether it is over.
        known: addresses from which its code was given rightly.
    """

    def __init__(self, code: str, films: Films, address: str = "") -> None:
        self.code = code
        self.sides: list[Side] = []
        self.seed = 1
        self.number = 0
        self.shown: dict[str, Any] = {}
        self.ended = False
        self.known = {address} - {""}
        self._films, self._address = films, address
        self._since = monotonic()
        self._followers: WeakSet[Follower] = WeakSet()
        self._lock = threading.Lock()

    def publish(self, sides: Sequence[Side], seed: int, shown: dict[str, Any]) -> None:
        """Show followers something; nothing where the class is over."""
        with self._lock:
            if self.ended:
                return
            self._hold(sides, seed)
            self.seed, self.shown, self._since = seed, shown, monotonic()
            self.number += 1
            self._wake()

    def end(self) -> None:
        """Tell followers that it is over."""
        with self._lock:
            self.ended = True
            self._hold((), self.seed)
            self._wake()

    def news(self) -> tuple[int, dict[str, Any]]:
        """Number of what is shown, and what it is, with its age in seconds."""
        with self._lock:
            return self.number, self.shown | {"age": round(monotonic() - self._since, 3)}

    def join(self, address: str = "") -> Follower:
        """A new follower, who is one for as long as somebody keeps it.

        Where there are as many as may be, whoever came last from the address that has the most gives way, see
        :mod:`experiments.view.visits`.

        Raises:
            FullError: there are as many as there may be, and none has to give way.
        """
        with self._lock:
            if len(self._followers) >= MOST_FOLLOWERS:
                last = self._leaver(address)
                if last is None:
                    raise FullError(phrase("{most} people follow this class already", most=MOST_FOLLOWERS))
                self._followers.discard(last)
                last.left = True
                last.wake()
            follower = Follower(address)
            self._followers.add(follower)
            return follower

    def has_room(self, address: str) -> bool:
        """Whether somebody from there may follow."""
        with self._lock:
            return len(self._followers) < MOST_FOLLOWERS or self._leaver(address) is not None

    def leave(self, follower: Follower) -> None:
        """A follower has gone."""
        with self._lock:
            self._followers.discard(follower)

    def __len__(self) -> int:
        """Followers."""
        return len(self._followers)

    def _hold(self, sides: Sequence[Side], seed: int) -> None:
        if [side.key for side in sides] == [side.key for side in self.sides]:
            return
        for side in sides:
            self._films.hold(side.scenario, seed, self._address)
        for side in self.sides:
            self._films.release(side.key, self._address)
        self.sides = list(sides)

    def _leaver(self, newcomer: str) -> Follower | None:
        """Who makes room for a newcomer from an address; None where nobody has to."""
        present = list(self._followers)
        holder = gives_way(Counter(one.address for one in present), newcomer)
        theirs = [one for one in present if one.address == holder]
        return max(theirs, key=lambda one: one.since, default=None)

    def _wake(self) -> None:
        for follower in list(self._followers):
            follower.wake()


@dataclass(slots=True)
class Classes:
    """The classes of a server.

    Args:
        films: the server's.
        clock: seconds.
    """

    films: Films
    clock: Callable[[], float] = monotonic
    _open: dict[str, Classroom] = field(default_factory=dict)
    _wrong: deque[tuple[float, str]] = field(default_factory=deque)
    _tried: dict[str, tuple[float, int]] = field(default_factory=dict)
    """By address, since when wrong codes are counted, and how many."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, address: str = "") -> Classroom:
        """A new class, under a code that nobody can foresee.

        Args:
            address: of whoever shows it, where the code is known from the beginning.
        """
        with self._lock:
            code = _code()
            while code in self._open:
                code = _code()
            self._open[code] = Classroom(code, self.films, address)
            return self._open[code]

    def end(self, classroom: Classroom) -> None:
        """End a class; its code leads nowhere from now on."""
        with self._lock:
            self._open.pop(classroom.code, None)
        classroom.end()

    def end_all(self) -> None:
        """End all classes: the server stops."""
        for classroom in list(self._open.values()):
            self.end(classroom)

    def find(self, code: str, who: str) -> Classroom:
        """The class of a code.

        Where the code was known before, it works though somebody else there tries wrong ones: one page would
        otherwise shut the door of a whole school. Beyond :data:`MOST_TRIED` it has to wait as elsewhere.

        Args:
            code: as somebody typed it.
            who: address of whoever asks.

        Raises:
            GoneError: no class has this code.
            GuessedError: too many wrong codes came from there, or from everywhere, lately.
        """
        with self._lock:
            now, found = self.clock(), self._open.get(code)
            self._tried = {one: tried for one, tried in self._tried.items() if tried[0] >= now - SPAN}
            since, tried = self._tried.get(who, (now, 0))
            if found is not None and who in found.known and tried < MOST_TRIED:
                return found
            while self._wrong and self._wrong[0][0] < now - SPAN:
                self._wrong.popleft()
            theirs = sum(1 for _, other in self._wrong if other == who)
            full = theirs >= MOST_WRONG or len(self._wrong) >= MOST_WRONG_OF_ALL
            if full or found is None:
                self._tried[who] = since, tried + 1
            if full:
                raise GuessedError(phrase("too many wrong codes: wait a minute"))
            if found is None:
                self._wrong.append((now, who))
                raise GoneError(phrase("no class has this code, or it has ended"))
            found.known.add(who)
            return found

    def __len__(self) -> int:
        """Classes open."""
        return len(self._open)


def _code() -> str:
    return f"{secrets.randbelow(10**FIGURES):0{FIGURES}d}"
