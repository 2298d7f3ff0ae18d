"""The plain reference of word of mouth: in every waking hour, every pair is asked whether they talk.

Slow on purpose and short enough to be checked by eye. The kernel of :mod:`simulation.notices.spread` draws
the delay of a pair once instead of asking every hour; both follow the same law, and tests compare them.
"""

from simulation.chance import draw_plain
from simulation.community.population import Ints
from simulation.notices.spread import (
    HOUSEHOLD,
    MINUTE_SALT,
    NEIGHBOUR,
    PASS_SALT,
    TALK_SALT,
    Flags,
    Keys,
    tell,
)


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
    """Word of mouth on ``day``; takes the arguments of :func:`simulation.notices.spread.spread_day`."""
    for hour in range(from_hour, until_hour):
        now = 1440 * day + 60 * hour
        knows = [
            bool(row[resident] >> 36 < now) and bool(listens[resident]) for resident in range(first, last)
        ]
        for teller in (first + place for place in range(last - first) if now < ends and knows[place]):
            home = household[teller]
            for other in range(residents_from[home], residents_from[home + 1]):
                if listens[other] and not knows[other - first]:
                    _talk(row, int(key), teller, other, HOUSEHOLD, at_home, now, ends)
            if draw_plain(int(key) ^ PASS_SALT, teller, 0) < passes_on:
                for other in tie_to[tie_from[teller] : tie_from[teller + 1]].tolist():
                    if listens[other] and not knows[other - first]:
                        _talk(row, int(key), teller, other, NEIGHBOUR, among_neighbours, now, ends)


def _talk(
    row: Keys, key: int, teller: int, other: int, channel: int, chance: float, now: int, ends: int
) -> None:
    """Ask one pair whether they talk in the hour that begins at minute ``now``."""
    pair = (teller << 32) | other
    if draw_plain(key ^ TALK_SALT, pair, now) < chance:
        minute = now + int(60.0 * draw_plain(key ^ MINUTE_SALT, pair, now))
        if minute < ends:
            tell(row, other, minute, channel, teller)
