"""Films: runs that are lived as somebody watches them, kept as reels, shared by all who watch the same run.

A run is a pure function of scenario and seed, and a film is known by the hash of both: whoever asks for the
same run gets the same film, and a film put away to save memory is made again when somebody asks for it.
"""

import asyncio
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic

from experiments.costs import cost_of
from experiments.provenance import run_key
from experiments.view.curve import curve
from experiments.view.errors import FullError, GoneError, RunDiedError, Told, ViewError, told_of
from experiments.view.keeping import Kept, put_away
from experiments.view.place import describe_place
from experiments.view.reel import Day, Reeling, pack
from scenarios.phrases import phrase
from scenarios.schema import Scenario
from simulation.model import CommunityModel

MOST_RESIDENT_DAYS = 400_000_000
"""Residents times days of all large films that are kept; small ones have a quarter beside it. Sixty days of
`district` take 0.7 GB, 0.4 of them at once: some 2.4 GB where its whole year is lived."""
ON_SCREEN = 60.0
"""Seconds after it was asked for last in which a film is not put away: it would be lived again at once."""
TURN = 300.0
"""Seconds after which a film that is refused may take the place of others that leave it none; as many pass
until the next does."""


class Film:
    """A run, lived day by day.

    Args:
        scenario: what is asked.
        seed: of its fate.

    Attributes:
        key: what it is known by.
        days: those lived so far.
        lock: held by whoever lives days or looks into the model.
        turn: held by the request that is answered in a thread; the others wait without one.
    """

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.scenario = scenario
        self.seed = seed
        self.key = run_key(scenario, seed)
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
    weight: float
    """Residents times days, with the homes of a real layout counted: what its memory grows with."""
    holders: Counter[str] = field(default_factory=Counter)
    """How many hold it, by their address."""
    asked: float = 0.0
    """When its film was asked for last."""
    refused: float | None = None
    """Since when there has been no place for it."""


@dataclass(slots=True)
class Films:
    """The films of a server: made when asked for, put away when too many are kept.

    What is on a screen is put away for another only as :mod:`experiments.view.keeping` says: of two that took
    turns at will in a place for one, each would be lived again from its first day at each question.

    Args:
        most: residents times days of large ones kept at a time.
        make: a film.
        clock: seconds.
    """

    most: float = MOST_RESIDENT_DAYS
    make: Callable[[Scenario, int], Film] = Film
    clock: Callable[[], float] = monotonic
    _wanted: dict[str, _Wanted] = field(default_factory=dict)
    _kept: "OrderedDict[str, Film]" = field(default_factory=OrderedDict)
    _turned: float = -TURN
    """When one had its turn last."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold(self, scenario: Scenario, seed: int, address: str = "") -> str:
        """Ask for a run; its film can be got by the key that is returned until :meth:`release`.

        Args:
            scenario: of the run.
            seed: of the run.
            address: of whoever asks.

        Raises:
            LayoutError: its layout cannot be used.
        """
        key = run_key(scenario, seed)
        known = self._wanted.get(key)
        # a layout may have to be read for it: nobody else waits for that
        weight = cost_of(scenario).resident_days if known is None else known.weight
        with self._lock:
            self._wanted.setdefault(key, _Wanted(scenario, seed, weight)).holders[address] += 1
        return key

    def release(self, key: str, address: str = "") -> None:
        """Say that one who asked for a run needs it no more."""
        with self._lock:
            wanted = self._wanted.get(key)
            if wanted is None:
                return
            wanted.holders[address] -= 1
            wanted.holders = +wanted.holders
            if not wanted.holders:
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
                self._make_room(key)
                film = self._kept[key] = self.make(wanted.scenario, wanted.seed)
            wanted.asked = self.clock()
            self._kept.move_to_end(key)
            return film

    def asked(self, key: str) -> float:
        """When somebody asked for a film last, by the clock; 0 where nobody holds it."""
        with self._lock:
            return self._wanted[key].asked if key in self._wanted else 0.0

    def _make_room(self, key: str) -> None:
        """Put away what has to go for a film; nothing if that does not do."""
        now, wanted = self.clock(), self._wanted[key]
        kept = [self._described(one, now) for one in self._kept]
        away, turn = put_away(kept, self._described(key, now), self.most), False
        if away is None and self._may_turn(key, now):
            away, turn = put_away(kept, self._described(key, now), self.most, turn=True), True
        if away is None:
            # whoever had a turn and found no place all the same goes to the end of those that wait
            wanted.refused = now if turn or wanted.refused is None else wanted.refused
            wanted.asked = now
            raise FullError(phrase("the server shows as much as its memory holds: try again in a minute"))
        if turn:
            self._turned = now
        wanted.refused = None
        for one in away:
            del self._kept[one]

    def _may_turn(self, key: str, now: float) -> bool:
        """Whether a film may have its turn: it is the one that has waited longest of those asked for."""
        waiting = {
            one: wanted.refused
            for one, wanted in self._wanted.items()
            if wanted.refused is not None and (one == key or now - wanted.asked <= ON_SCREEN)
        }
        if key not in waiting or now - max(waiting[key], self._turned) < TURN:
            return False
        return min(waiting, key=waiting.__getitem__) == key

    def _described(self, key: str, now: float) -> Kept:
        wanted = self._wanted[key]
        idle = now - wanted.asked > ON_SCREEN
        return Kept(key, wanted.weight, frozenset(wanted.holders), wanted.holders.total(), idle)

    def __len__(self) -> int:
        """Films kept."""
        return len(self._kept)
