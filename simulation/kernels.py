"""The hot loops of a run, compiled or plain; a model is given one set of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulation.care import pair_visits
from simulation.notices import doors, plain, spread
from simulation.resources import home_visits
from simulation.rounds import patrol
from simulation.satisfaction import evening


@dataclass(frozen=True, slots=True)
class Kernels:
    """One implementation of each hot loop; the two sets take the same arguments."""

    spread_day: Callable[..., None]
    """Word of mouth of one day, see :func:`simulation.notices.spread.spread_day`."""
    knock_day: Callable[..., int]
    """A round from door to door, see :func:`simulation.notices.doors.knock_day`."""
    walk_day: Callable[..., int]
    """A patrol, see :func:`simulation.rounds.patrol.walk_day`."""
    pair_day: Callable[..., int]
    """A day's visits of paired members, see :func:`simulation.care.pair_visits.pair_day`."""
    survey_day: Callable[..., None]
    """A day's home visits for the lists, see :func:`simulation.resources.home_visits.survey_day`."""
    account_day: Callable[..., None]
    """An evening's account of satisfaction, see :func:`simulation.satisfaction.evening.account_day`."""
    move: Callable[..., None]
    """Something that happens to some residents, see :func:`simulation.satisfaction.evening.move`."""
    take: Callable[..., None]
    """What a trouble takes from those it strikes, see :func:`simulation.satisfaction.evening.take`."""
    give_back: Callable[..., None]
    """A share of it given back, see :func:`simulation.satisfaction.evening.give_back`."""


COMPILED = Kernels(
    spread.spread_day,
    doors.knock_day,
    patrol.walk_day,
    pair_visits.pair_day,
    home_visits.survey_day,
    evening.account_day,
    evening.move,
    evening.take,
    evening.give_back,
)
"""What runs use."""


def _interpreted(kernel: Any) -> Any:
    return kernel.py_func


PLAIN = Kernels(
    plain.spread_day,
    _interpreted(doors.knock_day),
    _interpreted(patrol.walk_day),
    _interpreted(pair_visits.pair_day),
    _interpreted(home_visits.survey_day),
    _interpreted(evening.account_day),
    _interpreted(evening.move),
    _interpreted(evening.take),
    _interpreted(evening.give_back),
)
"""The reference: word of mouth asks every pair every hour, all else is the same code, interpreted."""
