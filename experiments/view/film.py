"""Films: runs that are lived as somebody watches them, kept as reels, shared by all who watch the same run.

A run is a pure function of scenario and seed, and a film is known by the hash of both: whoever asks for the
same run gets the same film, and a film put away to save memory is made again when somebody asks for it.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic

from experiments.costs import cost_of
from experiments.provenance import run_key
from experiments.view.curve import curve
from experiments.view.errors import FullError, GoneError, RunDiedError, Told, ViewError, told_of
from experiments.view.place import describe_place
from experiments.view.reel import Day, Reeling, pack
from scenarios.phrases import phrase
from scenarios.schema import Scenario
from simulation.model import CommunityModel

MOST_RESIDENT_DAYS = 400_000_000
"""Residents times days of all films that are kept: about 1 GB."""
ON_SCREEN = 60.0
"""Seconds after it was asked for last in which a film is not put away: it would be lived again at once."""


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
        self._died: Told | None = None

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
        self._died = told = told_of(error)
        return RunDiedError(told)

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
            raise GoneError(phrase("the run has days 0 to {last}", last=self.scenario.days - 1))
        if number < len(self.days):
            return self.days[number]  # which never changes: nobody waits for whoever looks into the model
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
    asked: float = 0.0
    """When its film was asked for last."""


@dataclass(slots=True)
class Films:
    """The films of a server: made when asked for, put away when too many are kept and nobody looks.

    What is on a screen is never put away to make room: of two that took turns in a place for one, each would
    be lived again from its first day at each question.

    Args:
        most: residents times days of those kept at a time.
        make: a film.
        clock: seconds.
    """

    most: float = MOST_RESIDENT_DAYS
    make: Callable[[Scenario, int], Film] = Film
    clock: Callable[[], float] = monotonic
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

    def check(self, scenarios: Iterable[Scenario]) -> None:
        """Refuse scenarios whose films cannot be kept beside each other, whoever else looks at what.

        Raises:
            ViewError: they are too large.
        """
        amount = sum(cost_of(scenario).resident_days for scenario in scenarios)
        if amount > self.most:
            raise ViewError(
                phrase(
                    "too large to be shown: residents times days make {amount:,.0f}, "
                    "and this server has memory for {most:,.0f}",
                    amount=amount,
                    most=self.most,
                )
            )

    def get(self, key: str) -> Film:
        """The film of a run that somebody holds.

        Raises:
            GoneError: nobody holds it.
            FullError: there is no place for it beside what others look at.
        """
        with self._lock:
            wanted = self._wanted.get(key)
            if wanted is None:
                raise GoneError(phrase("nobody watches this run any more: open it again"))
            film = self._kept.get(key)
            if film is None:
                film = self.make(wanted.scenario, wanted.seed)
                self._make_room(film.weight)
                self._kept[key] = film
            wanted.asked = self.clock()
            self._kept.move_to_end(key)
            return film

    def asked(self, key: str) -> float:
        """When somebody asked for a film last, by the clock; 0 where nobody holds it."""
        with self._lock:
            return self._wanted[key].asked if key in self._wanted else 0.0

    def _make_room(self, weight: float) -> None:
        """Put away what nobody looks at, the longest first, as far as needed; nothing if that does not do."""
        free = self.most - sum(film.weight for film in self._kept.values())
        idle = [key for key in self._kept if self.clock() - self._wanted[key].asked > ON_SCREEN]
        if free + sum(self._kept[key].weight for key in idle) < weight:
            raise FullError(phrase("the server shows as much as its memory holds: try again in a minute"))
        for key in idle:
            if free >= weight:
                return
            free += self._kept.pop(key).weight

    def __len__(self) -> int:
        """Films kept."""
        return len(self._kept)
