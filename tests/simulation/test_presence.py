"""Who is at home: parts of the day, and one draw for each resident and part."""

import numpy as np
import pytest

from simulation.community.presence import at_home, part_of_day


def test_parts_of_the_day():
    hours = [part_of_day(60 * hour) for hour in range(24)]
    assert hours == [0] * 7 + [1] * 5 + [2] * 6 + [3] * 4 + [0] * 2
    assert part_of_day(5 * 1440 + 12 * 60) == 2
    assert part_of_day(60 * 7 - 1) == 0


@pytest.mark.parametrize("part", range(4))
def test_the_share_at_home_is_the_chance_of_the_kind(part):
    kind = np.repeat(np.array([0, 1, 2], dtype=np.uint8), 3000)
    chances = np.linspace(0.05, 0.95, 12).reshape(3, 4)
    minute = 1440 * 3 + (0, 9 * 60, 15 * 60, 20 * 60)[part]
    there = np.array([at_home(who, minute, kind, chances, np.uint64(77)) for who in range(len(kind))])
    for row in range(3):
        expected = chances[row, part]
        assert abs(there[kind == row].mean() - expected) < 4 * (expected * (1 - expected) / 3000) ** 0.5


def test_who_is_out_is_out_for_the_whole_part_and_drawn_anew_in_the_next():
    kind, chances = np.zeros(400, dtype=np.uint8), np.full((3, 4), 0.5)

    def there(minute: int) -> list[bool]:
        return [at_home(who, minute, kind, chances, np.uint64(5)) for who in range(400)]

    morning = there(7 * 60)
    assert morning == there(11 * 60 + 59)
    for other in (there(12 * 60), there(1440 + 7 * 60)):
        assert 120 < sum(one != two for one, two in zip(morning, other, strict=True)) < 280
