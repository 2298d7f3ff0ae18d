"""Chance without a global state: named streams for fate, keyed draws for responses.

A stream is drawn in blocks before anything acts. A keyed draw is a hash of (seed and purpose, entity,
occasion): asking for one more changes no other. The hash is SplitMix64's finaliser (Steele, Lea and Flood,
"Fast splittable pseudorandom number generators", OOPSLA 2014), applied once for every part of the key.
"""

from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from simulation.compiled import kernel

MASK = 0xFFFFFFFFFFFFFFFF
_GOLDEN = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_TO_UNIT = 1.0 / 9007199254740992.0  # 2**-53


def stream(seed: int, name: str, *key: int) -> np.random.Generator:
    """The generator of one purpose of fate; equal arguments give equal draws on every machine."""
    sequence = np.random.SeedSequence(seed, spawn_key=(crc32(name.encode()), *key))
    return np.random.Generator(np.random.PCG64(sequence))


def key_of(seed: int, purpose: str, *parts: int) -> int:
    """The key of one purpose of response draws, to be given to :func:`draw` and its twins; below 2**63."""
    key = _mix(seed & MASK)
    for part in (crc32(purpose.encode()), *parts):
        key = _mix(key ^ (part & MASK))
    return key >> 1


def draw(key: int, entity: int, occasion: int) -> float:
    """A uniform draw in [0, 1) for (key, entity, occasion)."""
    return draw_fast(key, entity, occasion)


def draw_plain(key: int, entity: int, occasion: int) -> float:
    """:func:`draw` in plain Python, bit for bit the same: the reference."""
    return (_mix(_mix(key ^ (entity & MASK)) ^ (occasion & MASK)) >> 11) * _TO_UNIT


def draws(key: int, entities: NDArray[np.int64], occasion: int) -> NDArray[np.float64]:
    """:func:`draw` for an array of entities at one occasion, bit for bit the same."""
    mixed = _mix_array(np.uint64(key) ^ entities.astype(np.uint64))
    bits: NDArray[np.uint64] = _mix_array(mixed ^ np.uint64(occasion & MASK)) >> np.uint64(11)
    return bits.astype(np.float64) * _TO_UNIT


@kernel
def draw_fast(key: np.uint64 | int, entity: int, occasion: int) -> float:
    """:func:`draw` compiled, to be called inside kernels too."""
    z = np.uint64(key) ^ np.uint64(entity)
    for step in range(2):
        if step == 1:
            z ^= np.uint64(occasion)
        z += np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return float(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


def _mix(z: int) -> int:
    z = (z + _GOLDEN) & MASK
    z = ((z ^ (z >> 30)) * _FIRST) & MASK
    z = ((z ^ (z >> 27)) * _SECOND) & MASK
    return z ^ (z >> 31)


def _mix_array(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    z = z + np.uint64(_GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(_FIRST)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(_SECOND)
    return z ^ (z >> np.uint64(31))
