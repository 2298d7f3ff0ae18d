"""The plain reference of word of mouth: in every waking hour, every pair is asked whether they talk.

Slow on purpose and short enough to be checked by eye. The kernel of :mod:`simulation.spread` draws the delay of
a pair once instead of asking every hour; both follow the same law, and tests compare them.
"""

from simulation.chance import draw
from simulation.population import Ints
from simulation.spread import HOUSEHOLD, MINUTE_SALT, NEIGHBOUR, PASS_SALT, TALK_SALT, Flags, Keys, tell


def spread_day(
    row: Keys,
    first: int,
    last: int,
    day: int,
    ends: int,
    key: int,
    listens: Flags,
    residents_from: Ints,
    household: Ints,
    tie_from: Keys,
    tie_to: Ints,
    at_home: float,
    among_neighbours: float,
    passes_on: float,
    from_hour: int,
    until_hour: int,
    *_room: Ints,
) -> None:
    """Word of mouth on ``day``; takes the arguments of :func:`simulation.spread.spread_day`."""
    key = int(key)

    def knows(resident: int, minute: int) -> bool:
        return bool(row[resident] >> 36 < minute)

    def talk(teller: int, other: int, channel: int, chance: float, now: int) -> None:
        if not listens[other] or knows(other, now):
            return
        pair = (teller << 32) | other
        if draw(key ^ TALK_SALT, pair, now) < chance:
            minute = now + int(60.0 * draw(key ^ MINUTE_SALT, pair, now))
            if minute < ends:
                tell(row, other, minute, channel, teller)

    for hour in range(from_hour, until_hour):
        now = 1440 * day + 60 * hour
        for teller in range(first, last):
            if now >= ends or not listens[teller] or not knows(teller, now):
                continue
            home = household[teller]
            for other in range(residents_from[home], residents_from[home + 1]):
                if other != teller:
                    talk(teller, other, HOUSEHOLD, at_home, now)
            if draw(key ^ PASS_SALT, teller, 0) < passes_on:
                for other in tie_to[tie_from[teller] : tie_from[teller + 1]].tolist():
                    talk(teller, other, NEIGHBOUR, among_neighbours, now)
