"""Chance: four ways to one keyed draw, golden values beside published vectors, streams by name."""

from zlib import crc32

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from simulation.chance import _mix, draw, draw_fast, draw_plain, draws, key_of, stream

MASK = (1 << 64) - 1
SEED_1234567 = (
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
)
"""First outputs of SplitMix64 from seed 1234567, as Vigna's C code gives them."""


def splitmix64(state: int) -> int:
    """The output that follows ``state``, written after Vigna's C code and not after the project's."""
    z = np.array([state], dtype=np.uint64)
    with np.errstate(over="ignore"):
        z += np.uint64(11400714819323198485)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(13787848793156543929)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(10723151780598845931)
    return int((z ^ (z >> np.uint64(31)))[0])


def test_the_hash_is_splitmix64():
    golden = 11400714819323198485
    for steps, expected in enumerate(SEED_1234567):
        state = (1234567 + steps * golden) & MASK
        assert splitmix64(state) == expected, "the oracle itself"
        assert _mix(state) == expected


def test_golden_draws_beside_their_making():
    """Equal on every machine and for ever: results of old runs hang on them."""
    expected = (splitmix64(splitmix64(42 ^ 7) ^ 3) >> 11) / 2**53
    assert draw(42, 7, 3) == expected
    assert draw(42, 7, 3) == 0.016927491972228648
    assert key_of(1, "presence", 9) == splitmix64(splitmix64(splitmix64(1) ^ crc32(b"presence")) ^ 9) >> 1
    assert key_of(1, "presence") == 8749776640058224744


keys, entities, occasions = st.integers(0, 2**63 - 1), st.integers(0, 2**62), st.integers(0, 2**62)


@given(key=keys, entity=entities, occasion=occasions)
def test_all_four_ways_of_drawing_agree_bit_for_bit(key, entity, occasion):
    value = draw_plain(key, entity, occasion)
    assert 0.0 <= value < 1.0
    assert draw(key, entity, occasion) == value
    assert draw_fast(np.uint64(key), entity, occasion) == value
    assert draws(key, np.array([entity, entity + 1]), occasion).tolist() == [
        value,
        draw_plain(key, entity + 1, occasion),
    ]


def test_neighbouring_keys_look_independent():
    drawn = draws(key_of(3, "x"), np.arange(20_000), 0)
    again = draws(key_of(3, "x"), np.arange(20_000), 1)
    other = draws(key_of(4, "x"), np.arange(20_000), 0)
    for values in (drawn, again, other):
        assert kstest(values, "uniform").pvalue > 0.01
    for one, two in ((drawn, again), (drawn, other), (drawn[1:], drawn[:-1])):
        assert abs(np.corrcoef(one, two)[0, 1]) < 4 / len(one) ** 0.5


def test_keys_differ_by_seed_purpose_and_part():
    made = {key_of(seed, name, part) for seed in range(20) for name in ("a", "b", "c") for part in range(20)}
    assert len(made) == 1200
    assert all(0 <= key < 2**63 for key in made)


def test_streams_are_told_apart_by_name_and_key():
    assert stream(1, "a").random(3).tolist() == stream(1, "a").random(3).tolist()
    firsts = {float(stream(seed, name, part).random()) for seed in (1, 2) for name in "ab" for part in (0, 1)}
    assert len(firsts) == 8


def test_stream_is_numpys_documented_generator():
    sequence = np.random.SeedSequence(9, spawn_key=(crc32(b"notices"), 4))
    assert stream(9, "notices", 4).random() == np.random.Generator(np.random.PCG64(sequence)).random()
