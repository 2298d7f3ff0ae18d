"""Films: runs that are lived as somebody watches them, kept as reels, shared by all who watch the same run.

A run is a pure function of scenario and seed, and a film is known by the hash of both: whoever asks for the
same run gets the same film, and a film put away to save memory is made again when somebody asks for it.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from experiments.costs import cost_of
from experiments.provenance import run_key
from experiments.view.curve import curve
from experiments.view.errors import GoneError, RunDiedError
from experiments.view.place import describe_place
from experiments.view.reel import Day, Reeling, pack
from scenarios.errors import GongzhiError
from scenarios.schema import Scenario
from simulation.model import CommunityModel

MOST_RESIDENT_DAYS = 400_000_000
"""Residents times days of all films that are kept: about 1 GB."""


class Film:
    """A run, lived day by day.

    Args:
        scenario: what is asked.
        seed: of its fate.

    Attributes:
        key: what it is known by.
        weight: residents times days, with the homes of a real layout counted: what its memory grows with.
        days: those lived so far.
        lock: held by whoever lives days or looks into the model.
        turn: held by the request that is answered in a thread; the others wait without one.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.seed = seed
        self.key = run_key(scenario, seed)
        self.weight = cost_of(scenario).resident_days
        self.lock = threading.RLock()
        self.turn = asyncio.Lock()
        self.days: list[Day] = []
        self._reeling: Reeling | None = None
        self._died: str | None = None

    @property
    def model(self) -> CommunityModel:
        """The model as lived so far; hold the lock while looking into it."""
        return self._made().model

    def _made(self) -> Reeling:
        with self.lock:
            if self._reeling is None:
                if self._died is not None:
                    raise RunDiedError(self._died)
                try:
                    self._reeling = Reeling(CommunityModel(self.scenario, self.seed, trace=True))
                except Exception as error:
                    raise self._dead(error) from error
            return self._reeling

    def _dead(self, error: Exception) -> RunDiedError:
        """What is said from now on, since the model raised."""
        self._died = str(error) if isinstance(error, GongzhiError) else f"{type(error).__name__}: {error}"
        return RunDiedError(self._died)

    def place(self) -> bytes:
        """See :func:`experiments.view.place.describe_place`; gzipped JSON."""
        with self.lock:
            return pack(describe_place(self.model))

    def day(self, number: int) -> Day:
        """A day, lived now with all before it where it has not been yet.

        Raises:
            GoneError: the run has no such day.
            RunDiedError: the model raised.
        """
        if not 0 <= number < self.scenario.days:
            raise GoneError(f"the run has days 0 to {self.scenario.days - 1}")
        with self.lock:
            while len(self.days) <= number:
                self.days.append(self._live())
            return self.days[number]

    def curve(self, notice: int, day: int) -> bytes:
        """See :func:`experiments.view.curve.curve`, up to the end of a day; gzipped JSON.

        Raises:
            GoneError: the run has no such day, or no such notice by then.
            RunDiedError: the model raised.
        """
        with self.lock:
            self.day(day)
            return pack(curve(self.model, notice, 24.0 * (day + 1)))

    def _live(self) -> Day:
        if self._died is not None:
            raise RunDiedError(self._died)
        reeling = self._made()
        try:
            return reeling.live()
        except Exception as error:
            raise self._dead(error) from error


@dataclass(slots=True)
class _Wanted:
    scenario: Scenario
    seed: int
    holders: int = 0


@dataclass(slots=True)
class Films:
    """The films of a server: made when asked for, put away when too many are kept and nobody asks.

    Args:
        most: residents times days of those kept at a time.
    """

    most: float = MOST_RESIDENT_DAYS
    make: Callable[[Scenario, int], Film] = Film
    _wanted: dict[str, _Wanted] = field(default_factory=dict)
    _kept: "OrderedDict[str, Film]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, scenario: Scenario, seed: int) -> str:
        """Ask for a run; its film can be got by the key that is returned until :meth:`release`."""
        key = run_key(scenario, seed)
        with self._lock:
            self._wanted.setdefault(key, _Wanted(scenario, seed)).holders += 1
        return key

    def release(self, key: str) -> None:
        """Say that one who asked for a run needs it no more."""
        with self._lock:
            wanted = self._wanted.get(key)
            if wanted is None:
                return
            wanted.holders -= 1
            if wanted.holders <= 0:
                del self._wanted[key]
                self._kept.pop(key, None)

    def get(self, key: str) -> Film:
        """The film of a run that somebody holds.

        Raises:
            GoneError: nobody holds it.
        """
        with self._lock:
            wanted = self._wanted.get(key)
            if wanted is None:
                raise GoneError("nobody watches this run any more: open it again")
            film = self._kept.get(key) or self.make(wanted.scenario, wanted.seed)
            self._kept[key] = film
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and sum(one.weight for one in self._kept.values()) > self.most:
                self._kept.popitem(last=False)
            return film

    def __len__(self) -> int:
        """Films kept."""
        return len(self._kept)
