"""Who visits from where, and whose place somebody else may take where all are taken.

Where all places are taken, a newcomer takes one from the address that holds the most, provided that this
one still holds as many afterwards as the newcomer then does. With *n* places and *k* addresses each address
can so have n / k of them, rounded down, whatever the others do, and none is brought below that; where nobody
else wants them, all places are for whoever comes: a class behind one address too.
"""

import threading
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sized
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from time import monotonic
from typing import Any, Protocol

GRACE = 60.0
"""Seconds after the last sign of a page in which its place is kept though others wait."""
NEIGHBOURS = 64
"""Leading bits of an IPv6 address that one household or school has; the others it can choose at will."""


def gives_way(held: Mapping[str, int], newcomer: str) -> str | None:
    """The address that has to give a place to a newcomer; None where it is the newcomer who has to wait.

    Args:
        held: places by address.
        newcomer: address of whoever wants one.
    """
    holder = max(held, key=lambda address: held[address], default=None)
    if holder is None or held[holder] < held.get(newcomer, 0) + 2:
        return None
    return holder


def address_of(scope: Mapping[str, Any]) -> str:
    """The address that a request comes from, as far as one holder of addresses is told from another.

    Args:
        scope: of ASGI.
    """
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ip_address(host.split("%")[0])
    except ValueError:
        return str(host)
    if isinstance(address, IPv6Address) and not address.is_loopback:
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return f"{IPv6Address(int(address) >> 128 - NEIGHBOURS << 128 - NEIGHBOURS)}/{NEIGHBOURS}"
    return str(address)


class Kernels(Container[str], Sized, Protocol):
    """Those that there are, by id."""


@dataclass(slots=True)
class _Visit:
    address: str
    sockets: int = 0
    left: float = 0.0
    """When its last socket was closed."""
    ending: bool = False
    """Whether its kernel is being ended for somebody else."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a page that comes gets."""

    given: bool
    leaver: str | None = None
    """The kernel that has to be ended first."""


@dataclass(slots=True)
class Visits:
    """The pages that are open, or were until lately, by the kernel that each has.

    Args:
        kernels: those that there are.
        clock: seconds.
    """

    kernels: Kernels
    clock: Callable[[], float] = monotonic
    _visits: dict[str, _Visit] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def come(self, kernel: str, address: str, most: int, seated: Callable[[str], bool]) -> Place:
        """A socket was opened: keep a place for its kernel, which may not have been made yet.

        Args:
            kernel: its id.
            address: where it comes from.
            most: kernels at a time, with those that are being made and without those that are being ended.
            seated: whether a kernel has a session; those without go first.
        """
        with self._lock:
            self._clear()
            visit, leaver = self._visits.get(kernel), None
            if visit is not None and visit.ending:
                return Place(False)
            if visit is None and kernel not in self.kernels and self._taken() >= most:
                leaver = self._leaver(address, seated)
                if leaver is None:
                    return Place(False)
                self._visits[leaver].ending = True
            self._visits.setdefault(kernel, _Visit(address)).sockets += 1
            return Place(True, leaver)

    def go(self, kernel: str) -> None:
        """A socket was closed."""
        with self._lock:
            visit = self._visits.get(kernel)
            if visit is not None:
                visit.sockets -= 1
                visit.left = self.clock()

    def forget(self, kernel: str) -> None:
        """The kernel is no more."""
        with self._lock:
            self._visits.pop(kernel, None)

    def address(self, kernel: str) -> str:
        """Where it is visited from."""
        visit = self._visits.get(kernel)
        return "" if visit is None else visit.address

    def gone(self, kernel: str) -> float:
        """Seconds since it has no socket any more; 0 while it has one, or never had."""
        visit = self._visits.get(kernel)
        return self.clock() - visit.left if visit is not None and visit.sockets <= 0 else 0.0

    def _taken(self) -> int:
        """Places that are taken or kept."""
        made = sum(not visit.ending and one not in self.kernels for one, visit in self._visits.items())
        ending = sum(visit.ending and one in self.kernels for one, visit in self._visits.items())
        return len(self.kernels) + made - ending

    def _leaver(self, newcomer: str, seated: Callable[[str], bool]) -> str | None:
        """The kernel that has to end for one of a newcomer's; None where none has to.

        Those that are being made cannot be ended, but count as their address's.
        """
        held = {kernel: visit for kernel, visit in self._visits.items() if not visit.ending}
        there = [kernel for kernel in held if kernel in self.kernels]
        gone = max(there, key=self.gone, default=None)
        if gone is not None and self.gone(gone) > GRACE:
            return gone
        holder = gives_way(Counter(visit.address for visit in held.values()), newcomer)
        return min((kernel for kernel in there if held[kernel].address == holder), key=seated, default=None)

    def _clear(self) -> None:
        """Forget the kernels that have ended; one that has a socket may be about to begin."""
        self._visits = {
            kernel: visit
            for kernel, visit in self._visits.items()
            if visit.sockets > 0 or visit.ending or kernel in self.kernels
        }
