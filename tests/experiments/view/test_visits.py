"""Places are shared between addresses, and one whose page has gone is free for whoever comes."""

import threading
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from experiments.view.errors import FullError
from experiments.view.film import Films
from experiments.view.server import configured
from experiments.view.session import Room, Session, Sessions, Visitor
from experiments.view.visits import GRACE, Visits, address_of, gives_way
from scenarios import Scenario, load

ADDRESSES = st.lists(st.sampled_from("abcde"), max_size=60)


@given(most=st.integers(1, 12), coming=ADDRESSES, leaving=st.lists(st.integers(0, 59)))
def test_every_address_can_have_its_share_and_keeps_it(
    most: int, coming: list[str], leaving: list[int]
) -> None:
    held: Counter[str] = Counter()
    for turn, newcomer in enumerate(coming):
        if turn in leaving and held:
            held -= Counter([max(held)])
        share = most // len({newcomer, *held})
        before = held.copy()
        if sum(held.values()) < most:
            held[newcomer] += 1
        elif (holder := gives_way(held, newcomer)) is not None:
            held += Counter({newcomer: 1})
            held -= Counter({holder: 1})
            assert held[holder] >= share
            assert held[holder] >= held[newcomer]
        else:
            assert before[newcomer] >= share
        assert held[newcomer] >= min(share, before[newcomer] + 1)
        assert sum(held.values()) <= most


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("10.0.0.7", 5), "10.0.0.7"),
        (("::ffff:10.0.0.7", 5), "10.0.0.7"),
        (("2001:db8:1:2:aaaa::1", 5), "2001:db8:1:2::/64"),
        (("2001:db8:1:2:bbbb::9", 5), "2001:db8:1:2::/64"),
        (("2001:db8:1:3::9", 5), "2001:db8:1:3::/64"),
        (("fe80::1%eth0", 5), "fe80::/64"),
        (("::1", 5), "::1"),
        (("testclient", 5), "testclient"),
        (None, ""),
    ],
)
def test_an_address_is_what_one_holder_of_addresses_has(client: Any, address: str) -> None:
    assert address_of({"client": client}) == address


def test_no_header_makes_another_address(serve: Callable[..., AbstractContextManager[str]]) -> None:
    async def where(request: Request) -> PlainTextResponse:
        return PlainTextResponse(address_of(request.scope))

    app = Starlette(routes=[Route("/", where)])
    with serve(app, configured(app)) as address:
        forged = urllib.request.Request(address, headers={"X-Forwarded-For": "9.9.9.9"})  # noqa: S310 - our own
        with urllib.request.urlopen(forged, timeout=30.0) as answer:  # noqa: S310 - a server of our own
            assert answer.read() == b"127.0.0.1"


def test_a_page_has_gone_when_its_last_socket_is_closed_and_is_back_with_the_next() -> None:
    now = [5.0]
    visits = Visits({"k": None}, lambda: now[0])
    assert visits.gone("k") == 0.0
    visits.come("k", "here", 9, bool)
    visits.come("k", "here", 9, bool)
    visits.go("k")
    now[0] += 10.0
    assert visits.gone("k") == 0.0
    visits.go("k")
    now[0] += 10.0
    assert visits.gone("k") == 10.0
    visits.come("k", "here", 9, bool)
    assert (visits.gone("k"), visits.address("k")) == (0.0, "here")


def test_what_is_known_of_visits_goes_with_their_kernels() -> None:
    kernels: dict[str, None] = {}
    visits = Visits(kernels)
    for number in range(100):
        kernels[f"{number}"] = None
        visits.come(f"{number}", "here", 9, bool)
        visits.go(f"{number}")
        del kernels[f"{number}"]
    visits.come("last", "here", 9, bool)
    assert [visits.address(f"{number}") for number in range(100)] == [""] * 100
    assert visits.address("last") == "here"


def test_a_place_of_which_the_kernel_is_being_ended_is_taken_once() -> None:
    kernels: dict[str, None] = dict.fromkeys("ab")
    visits = Visits(kernels)
    for kernel in kernels:
        assert visits.come(kernel, "one", 2, bool).given
    assert visits.come("c", "two", 2, bool).leaver == "a"
    assert not visits.come("d", "one", 2, bool).given
    del kernels["b"]
    visits.go("b")
    place = visits.come("d", "one", 2, bool)
    assert (place.given, place.leaver) == (True, None)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("coordinated", {"community.households": 60, "days": 12})


def of(sessions: Sessions, *addresses: str, gone: Any = lambda: 0.0) -> list[Session]:
    return [sessions.open(Visitor(address, gone=gone)) for address in addresses]


def ended(session: Session) -> bool:
    """Whether a session has given way; it does so in a thread of its own."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and getattr(thread, "_target", None) == session.give_way:
            thread.join(10.0)
    return session.closed


def test_a_class_behind_one_address_has_all_places(scenario: Scenario) -> None:
    sessions = Sessions(Films(), (), [("one", scenario)], most=31)
    of(sessions, *["school"] * 31)
    assert len(sessions) == 31
    with pytest.raises(FullError):
        of(sessions, "school")


def test_whoever_has_the_most_makes_room_with_what_is_used_least(scenario: Scenario) -> None:
    told: list[str] = []
    sessions = Sessions(Films(), (), [("one", scenario)], most=3)
    one, other, third = of(sessions, "greedy", "greedy", "greedy")
    for session, name in ((one, "one"), (other, "other"), (third, "third")):
        session.tell = lambda name=name: told.append(name)
    one.act({"do": "something"})
    third.act({"do": "something"})
    (guest,) = of(sessions, "guest")
    assert ended(other)
    assert told == ["other"]
    assert [session.closed for session in (one, third, guest)] == [False] * 3
    for address in ("greedy", "guest"):  # two and one: nobody has to go
        with pytest.raises(FullError):
            of(sessions, address)
    of(sessions, "third")
    assert ended(one)
    with pytest.raises(FullError):
        of(sessions, "fourth")  # three addresses have a place each, and a fourth waits
    assert len(sessions) == 3


def test_a_session_that_others_follow_goes_last(scenario: Scenario) -> None:
    room = Room("class", {}, watched_by=lambda session: 3 if session.seed == 9 else 0)
    sessions = Sessions(Films(), (room,), [("one", scenario)], most=2)
    trainer, pupil = of(sessions, "school", "school")
    trainer.seed = 9
    pupil.act({"do": "something"})
    of(sessions, "guest")
    assert ended(pupil)
    assert not trainer.closed


def test_a_page_that_has_gone_keeps_its_place_for_a_minute_and_longer_where_nobody_waits(
    scenario: Scenario,
) -> None:
    gone = [0.0]
    sessions = Sessions(Films(), (), [("one", scenario)], most=2)
    (lost,) = of(sessions, "school", gone=lambda: gone[0])
    gone[0] = 10.0 * GRACE
    (stays,) = of(sessions, "school")
    assert not lost.closed
    gone[0] = GRACE
    with pytest.raises(FullError):
        of(sessions, "school")
    gone[0] = GRACE + 1.0
    of(sessions, "school")
    assert ended(lost)
    assert not stays.closed
