"""What the server refuses: foreign hosts, foreign pages, bodies, and paths outside what it serves."""

import asyncio
import json
import time
from collections import Counter
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from experiments.view import guards
from experiments.view.guards import FewKernels, Guard, OnlyStored
from experiments.view.visits import GRACE, Visits


async def hello(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("hello")


async def socket(connection: WebSocket) -> None:
    await connection.accept()
    await connection.send_text("hello")
    await connection.close()


INNER = Starlette(routes=[Route("/", hello, methods=["GET", "POST"]), WebSocketRoute("/socket", socket)])


def client(*names: str, any_address: bool = False) -> TestClient:
    return TestClient(Guard(INNER, names, any_address), base_url="http://localhost:8765")


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1:8765", "[::1]:8765", "LOCALHOST"])
def test_this_machine_may(host: str) -> None:
    answer = client().get("/", headers={"host": host})
    assert (answer.status_code, answer.text) == (200, "hello")
    assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "192.168.1.5:8765",
        "",
        "a b",
        "[::1",
        "localhost@evil.example",
    ],
)
def test_other_hosts_may_not(host: str) -> None:
    answer = client().get("/", headers={"host": host})
    assert answer.status_code == 403
    assert "--allow NAME" in answer.text


def test_names_and_addresses_are_allowed_where_asked_for() -> None:
    named, open_to_all = client("Class.example"), client(any_address=True)
    assert named.get("/", headers={"host": "class.example:80"}).status_code == 200
    assert named.get("/", headers={"host": "192.168.1.5"}).status_code == 403
    assert open_to_all.get("/", headers={"host": "192.168.1.5:8765"}).status_code == 200
    assert open_to_all.get("/", headers={"host": "[fe80::1]:8765"}).status_code == 200
    assert open_to_all.get("/", headers={"host": "evil.example"}).status_code == 403


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "http://localhost:9999", "null", "", "http://localhost.evil.example:8765", None],
)
def test_pages_of_others_get_no_socket(origin: str | None) -> None:
    headers = {} if origin is None else {"origin": origin}
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        client().websocket_connect("/socket", headers=headers),
    ):
        pass
    assert refused.value.code == 1008


def test_the_own_page_gets_a_socket() -> None:
    headers = {"origin": "http://localhost:8765", "host": "localhost:8765"}
    with client().websocket_connect("/socket", headers=headers) as connection:
        assert connection.receive_text() == "hello"


def test_pages_of_others_get_no_answer() -> None:
    assert client().get("/", headers={"origin": "http://evil.example"}).status_code == 403
    assert client().get("/", headers={"origin": "http://localhost:8765"}).status_code == 200


def test_pages_of_others_may_lead_here_and_load_nothing() -> None:
    from_elsewhere = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert client().get("/", headers=from_elsewhere).status_code == 403
    assert client().get("/", headers=from_elsewhere | {"sec-fetch-mode": "navigate"}).status_code == 200
    assert client().get("/", headers=from_elsewhere | {"sec-fetch-site": "same-origin"}).status_code == 200


def test_bodies_are_refused_before_they_are_read() -> None:
    assert client().post("/", content=b"closed").status_code == 200
    assert client().post("/", content=b"x" * 70_000).status_code == 403
    without_length = client().post("/", content=(part for part in [b"x", b"y"]))
    assert without_length.status_code == 403


def few(kernels: dict[str, None], most: int, visits: Visits, seated: str = "") -> FewKernels:
    inner = Starlette(routes=[WebSocketRoute("/kernels/{kernel}/channels", socket)])
    return FewKernels(inner, most, visits, lambda kernel: kernel == seated, kernels.__delitem__)


def test_sockets_open_only_so_many_kernels() -> None:
    kernels: dict[str, None] = {"one": None, "two": None}
    here = TestClient(few(kernels, 2, Visits(kernels)))
    with here.websocket_connect("/kernels/two/channels") as connection:
        assert connection.receive_text() == "hello"
    with pytest.raises(WebSocketDisconnect) as refused, here.websocket_connect("/kernels/three/channels"):
        pass
    assert refused.value.code == 1013
    with TestClient(few({}, 2, Visits({}))).websocket_connect("/kernels/three/channels") as connection:
        assert connection.receive_text() == "hello"


def test_a_kernel_ends_whose_page_has_gone_or_one_of_whoever_has_the_most() -> None:
    now = [0.0]
    kernels: dict[str, None] = dict.fromkeys(("one", "two", "three"))
    visits = Visits(kernels, lambda: now[0])
    for kernel in kernels:
        visits.come(kernel, "10.0.0.1", 3, bool)
    guard = few(kernels, 3, visits, seated="one")
    same = TestClient(guard, client=("10.0.0.1", 1))
    with pytest.raises(WebSocketDisconnect), same.websocket_connect("/kernels/four/channels"):
        pass
    with TestClient(guard, client=("10.0.0.2", 1)).websocket_connect("/kernels/five/channels"):
        kernels["five"] = None
    assert list(kernels) == ["one", "three", "five"]
    now[0] += GRACE
    with pytest.raises(WebSocketDisconnect), same.websocket_connect("/kernels/four/channels"):
        pass
    now[0] += 1.0
    with same.websocket_connect("/kernels/four/channels") as connection:
        assert connection.receive_text() == "hello"
    assert list(kernels) == ["one", "three"]


class Pages:
    """Pages that come to a server whose kernels are made, and end, when the test says so."""

    def __init__(self, most: int) -> None:
        self.kernels: dict[str, None] = {}
        self.ended: list[str] = []
        self.visits = Visits(self.kernels)
        self.guard = FewKernels(self.serve, most, self.visits, bool, self.end)
        self.made: dict[str, asyncio.Event] = {}
        self.leave = asyncio.Event()
        self.told: dict[str, list[Message]] = {}

    def end(self, kernel: str) -> None:
        """As Solara does, which raises where there is none."""
        time.sleep(0.05)
        del self.kernels[kernel]
        self.ended.append(kernel)

    async def serve(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        kernel = scope["path"].split("/")[-2]
        await self.made[kernel].wait()
        self.kernels[kernel] = None
        await self.leave.wait()

    def come(self, kernel: str, address: str, *, made: bool = True) -> asyncio.Task[None]:
        self.made[kernel] = asyncio.Event()
        if made:
            self.made[kernel].set()
        told = self.told[kernel] = []

        async def receive() -> Message:
            raise AssertionError("nothing is read")

        async def send(message: Message) -> None:
            told.append(message)

        scope = {"type": "websocket", "path": f"/kernels/{kernel}/channels", "client": (address, 1)}
        return asyncio.create_task(self.guard(scope, receive, send))


def test_pages_that_come_at_once_open_no_more_kernels_than_there_may_be() -> None:
    async def come() -> None:
        pages = Pages(4)
        coming = [pages.come(f"{number}", "10.0.0.1", made=False) for number in range(15)]
        await asyncio.sleep(0.01)
        for event in pages.made.values():
            event.set()
        await asyncio.sleep(0.01)
        assert len(pages.kernels) == 4
        assert [told[0]["code"] for told in pages.told.values() if told] == [1013] * 11
        coming += [pages.come(f"guest {number}", "10.0.0.2") for number in range(3)]
        await asyncio.sleep(0.5)
        assert len(pages.ended) == 2  # nobody's twice
        assert len(pages.kernels) == 4
        assert Counter(map(pages.visits.address, pages.kernels)) == {"10.0.0.1": 2, "10.0.0.2": 2}
        pages.leave.set()
        await asyncio.gather(*coming)

    asyncio.run(come())


def test_only_a_kernel_that_there_is_has_to_end_and_it_is_known_until_it_has() -> None:
    async def come() -> None:
        pages = Pages(3)
        coming = [pages.come(kernel, "10.0.0.1", made=kernel != "new") for kernel in ("new", "one", "two")]
        await asyncio.sleep(0.01)
        coming.append(pages.come("guest", "10.0.0.2"))
        await asyncio.sleep(0.01)
        assert pages.visits.address("one") == "10.0.0.1"
        coming.append(pages.come("one", "10.0.0.1"))  # is not begun again while it ends
        await asyncio.sleep(0.5)
        assert pages.told["one"][0]["code"] == 1013
        assert pages.ended == ["one"]
        assert pages.visits.address("one") == ""
        pages.made["new"].set()
        await asyncio.sleep(0.01)
        assert {kernel: pages.visits.address(kernel) for kernel in pages.kernels} == {
            "two": "10.0.0.1",
            "guest": "10.0.0.2",
            "new": "10.0.0.1",
        }
        pages.leave.set()
        await asyncio.gather(*coming)

    asyncio.run(come())


def test_a_message_that_nothing_can_be_made_of_is_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def choke(connection: WebSocket) -> None:
        await connection.accept()
        try:
            json.loads(await connection.receive_text())
        except RecursionError as error:
            raise ExceptionGroup("in a thread", [error]) from error

    visits = Visits({})
    inner = Starlette(routes=[WebSocketRoute("/kernels/{kernel}/channels", choke)])
    guard = FewKernels(inner, 2, visits, bool, visits.forget)
    with TestClient(guard).websocket_connect("/kernels/one/channels") as connection:
        connection.send_text("[" * 100_000)
    (record,) = [record for record in caplog.records if record.name == guards.__name__]
    assert record.getMessage().startswith("a socket was closed: RecursionError")
    assert record.exc_info is None


def test_only_files_that_lie_there_are_served_as_bundles(tmp_path: Path) -> None:
    (tmp_path / "chart@1" / "dist").mkdir(parents=True)
    (tmp_path / "chart@1" / "dist" / "chart.js").write_text("// a chart")
    asked: list[str] = []

    async def bundle(request: Request) -> PlainTextResponse:
        asked.append(request.path_params["path"])
        return PlainTextResponse("a bundle")

    inner = Starlette(routes=[Route("/cdn/{path:path}", bundle), Route("/", hello)])
    here = TestClient(OnlyStored(inner, tmp_path, "/cdn"))
    for path in (
        "chart@1/dist",
        "chart@1",
        "",
        "chart@2/dist/chart.js",
        "chart@1/dist/%2e%2e",
        "chart@1%5cdist",
    ):
        assert here.get(f"/cdn/{path}").status_code == 404, path
    assert asked == []
    assert here.get("/cdn/chart@1/dist/chart.js").text == "a bundle"
    assert here.get("/").text == "hello"
