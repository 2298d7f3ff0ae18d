"""Which films are put away where the memory for films is full.

What nobody looks at goes first. Of what is on screens, a film gives way to another

- where its address still holds at least as much without it as the newcomer's then does, as with places, see
  :mod:`experiments.view.visits`;
- where it is large and the other small, and the small one's address then holds no more than the large one's
  (or both are of one address): many small ones are shown in the place of a large one;
- where it is the other's turn, who has been refused for some minutes, and its address holds more; within an
  address, where no more pages show it than the other.

Small films may take a reserve beside the memory for all, so that they need not wait for large ones.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SMALL = 1 / 16
"""A small film's share of the memory for films, at most."""
RESERVE = 1 / 4
"""What all may take in addition where large ones take all that they may, as a share of it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A film that is kept, or is to be kept."""

    key: str
    weight: float
    addresses: frozenset[str]
    """Of those who hold it; each is counted with its part of the weight."""
    holders: int = 1
    """Pages, and classes, that show it."""
    idle: bool = False
    """Whether nobody looks at it."""

    @property
    def part(self) -> float:
        """Of its weight, what each address has."""
        return self.weight / max(len(self.addresses), 1)


def put_away(kept: Sequence[Kept], new: Kept, most: float, turn: bool = False) -> list[str] | None:
    """The films that have to go for another; None where it has to wait.

    Args:
        kept: those that there are; what was asked for longest ago comes first.
        new: the other.
        most: weight of all large ones together.
        turn: whether it is the other's turn.
    """
    left, away = list(kept), list[str]()
    while not _fits(left, new, most):
        victim = _victim(left, new, most, turn)
        if victim is None:
            return None
        left.remove(victim)
        away.append(victim.key)
    return away


def _fits(kept: Iterable[Kept], new: Kept, most: float) -> bool:
    kept = list(kept)
    return _free(kept, most) >= new.weight and (
        _small(new, most) or _free_for_large(kept, most) >= new.weight
    )


def _free(kept: Iterable[Kept], most: float) -> float:
    return (1.0 + RESERVE) * most - sum(film.weight for film in kept)


def _free_for_large(kept: Iterable[Kept], most: float) -> float:
    return most - sum(film.weight for film in kept if not _small(film, most))


def _small(film: Kept, most: float) -> bool:
    return film.weight <= SMALL * most


def _victim(kept: Sequence[Kept], new: Kept, most: float, turn: bool) -> Kept | None:
    """Who goes next; None where nobody has to."""
    of_use = [film for film in kept if not _small(film, most) or _free(kept, most) < new.weight]
    idle = next((film for film in of_use if film.idle), None)
    if idle is not None:
        return idle
    held: dict[str, float] = defaultdict(float)
    for film in kept:
        for address in film.addresses:
            held[address] += film.part

    def holds(film: Kept) -> float:
        """What that one of its addresses holds which holds least."""
        return min((held[address] for address in film.addresses), default=0.0)

    then = holds(new) + new.part

    def gives_way(film: Kept) -> bool:
        for_small = _small(new, most) and not _small(film, most)
        if film.addresses & new.addresses:
            return for_small or (turn and film.holders <= new.holders and not _small(film, most))
        holder = holds(film)
        if holder - film.part >= then or (for_small and holder >= then):
            return True
        return turn and holder > max(holds(new), SMALL * most)

    def rank(film: Kept) -> tuple[float, bool, float]:
        """Whoever holds the most; of their films the smallest that is enough, or else the largest."""
        enough = _fits((one for one in kept if one is not film), new, most)
        return holds(film), enough, -film.weight if enough else film.weight

    return max(filter(gives_way, of_use), key=rank, default=None)
