"""Curves as bytes: what is read is what was written, bit for bit."""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

from experiments.curves import Curves, curves_of
from experiments.packing import packed, unpacked
from scenarios import load
from simulation.run import run


def same(one: Any, other: Any) -> bool:
    assert type(one) is type(other)
    if is_dataclass(one):
        return all(same(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    return repr(one) == repr(other)  # which tells apart all numbers, and NaN from none


@pytest.mark.parametrize(("name", "days"), [("coordinated", 40), ("fragmented", 3)])
def test_curves_come_back_as_they_were(name, days):
    curves = curves_of(run(load(name, {"days": days, "community.households": 60}), 1).tables)
    again = unpacked(packed(curves))
    assert isinstance(again, Curves)
    assert same(curves, again)
    again.closing[next(iter(again.closing))][0] = 2.0
    assert not same(curves, again)
    assert packed(unpacked(packed(curves))) == packed(curves)
