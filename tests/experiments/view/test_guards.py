"""What the server refuses: foreign hosts, foreign pages, bodies, and paths outside what it serves."""

import json
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
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
    return FewKernels(inner, kernels, most, visits, lambda kernel: kernel == seated, kernels.__delitem__)


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
        visits.come(kernel, "10.0.0.1")
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
    guard = FewKernels(inner, {}, 2, visits, bool, visits.forget)
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
