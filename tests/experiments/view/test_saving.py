"""What is taken away is what the commands leave, and no process outlives whoever waited for it."""

import contextlib
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import psutil
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from experiments.command_line import main
from experiments.view import jobs, saving, worker
from experiments.view.api import HANDLERS
from experiments.view.errors import FullError, GoneError
from experiments.view.film import Films
from experiments.view.jobs import Job, Jobs
from experiments.view.rooms import ROOMS
from experiments.view.session import Session
from scenarios import Scenario, dump, load

APART = {"ro-crate-metadata.json", "runs.sqlite", ".lock"}
"""The first says on which day it was written; the others let a command go on with runs that are kept."""


@pytest.fixture
def asked() -> dict[str, Scenario]:
    small = {"community.households": 60, "days": 12}
    return {name: load(name, small) for name in ("coordinated", "fragmented")}


@pytest.fixture
def long() -> dict[str, Scenario]:
    return {"district": load("district")}


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    """The jobs of a server, ended with the test."""
    server = Jobs()
    monkeypatch.setattr(saving, "JOBS", server)
    yield server
    server.close()


def family(job: Job) -> list[psutil.Process]:
    process = psutil.Process(job.process.pid)
    return [process, *process.children(recursive=True)]


def wait_for(what: Callable[[], Any], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "in vain"
        time.sleep(0.05)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in APART}


def same_but_for_the_command(mine: dict[str, bytes], theirs: dict[str, bytes], command: str) -> None:
    assert mine.keys() == theirs.keys()
    for name, content in theirs.items():
        expected = content.replace(command.encode(), b"COMMAND")
        found = mine[name].replace(f"gongzhi {command.split()[1]} provenance.json".encode(), b"COMMAND")
        assert found == expected, name
    assert b"COMMAND" in theirs["report.html"].replace(command.encode(), b"COMMAND")


def test_a_report_is_the_commands_to_the_byte(
    asked: dict[str, Scenario], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("experiments.figures.draw_all", lambda *_: {})
    for name, scenario in asked.items():
        Path(f"{name}.yaml").write_text(dump(scenario), encoding="utf-8")
    with contextlib.suppress(SystemExit):
        main(["compare", "coordinated.yaml", "fragmented.yaml", "--seed", "4", "--replications", "2",
              "--workers", "1", "--out", "theirs", "--language", "en"])  # fmt: skip
    request = {
        "kind": "compare",
        "scenarios": {name: one.model_dump(mode="json") for name, one in asked.items()},
        "seeds": [4, 5],
        "folder": str(tmp_path / "mine"),
        "language": "en",
    }
    Path("mine").mkdir()
    said = StringIO()
    worker.do(request, said)
    assert '{"done": 4}' in said.getvalue()
    mine = contents(tmp_path / "mine" / worker.RESULT)
    same_but_for_the_command(mine, contents(tmp_path / "theirs"), "gongzhi compare theirs/provenance.json")
    with ZipFile(tmp_path / "mine" / worker.ARCHIVE) as archive:
        assert {name: archive.read(name) for name in archive.namelist() if name not in APART} == mine


def test_results_are_those_of_the_command_to_the_byte(
    asked: dict[str, Scenario], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("experiments.figures.draw_all", lambda *_: {})
    Path("coordinated.yaml").write_text(dump(asked["coordinated"]), encoding="utf-8")
    with contextlib.suppress(SystemExit):
        main(["run", "coordinated.yaml", "--seed", "4", "--out", "theirs", "--language", "en"])
    request = {
        "kind": "run",
        "scenarios": {"coordinated": asked["coordinated"].model_dump(mode="json")},
        "seeds": [4],
        "folder": str(tmp_path / "mine"),
        "language": "en",
    }
    Path("mine").mkdir()
    worker.do(request, StringIO())
    mine = contents(tmp_path / "mine" / worker.RESULT)
    same_but_for_the_command(mine, contents(tmp_path / "theirs"), "gongzhi run theirs/provenance.json")


def client(films: Films) -> TestClient:
    routes = [Mount("/gongzhi", routes=saving.saving_routes(films))]
    return TestClient(Starlette(routes=routes, exception_handlers=HANDLERS))


@pytest.mark.slow
def test_a_report_is_made_beside_the_page_and_goes_with_the_session(
    asked: dict[str, Scenario], running: Jobs
) -> None:
    session = Session(Films(), ROOMS)
    session.show(list(asked.items()), 4)
    session.act({"do": "report_make", "replications": 2, "language": "zh"})
    token = session.state()["save"]["token"]
    web = client(session.films)
    assert web.get(f"/gongzhi/reports/{token}/report.html").status_code == 404
    wait_for(lambda: web.get(f"/gongzhi/reports/{token}").json()["state"] != "running", 300.0)
    job = running.get(token)
    assert job.status() == {"state": "done", "done": 4, "of": 4, "drawing": True, "error": ""}
    page = web.get(f"/gongzhi/reports/{token}/report.html")
    assert page.headers["content-type"].startswith("text/html")
    assert 'lang="zh' in page.text
    archive = web.get(f"/gongzhi/reports/{token}/results.zip")
    assert archive.content[:2] == b"PK"
    folder = job.result.parent
    session.close()
    assert not folder.exists()
    assert web.get(f"/gongzhi/reports/{token}").json() == {"state": "stopped"}
    assert web.get(f"/gongzhi/reports/{token}/report.html").status_code == 404


def test_a_report_can_be_cancelled_with_all_its_processes(long: dict[str, Scenario], running: Jobs) -> None:
    session = Session(Films(), ROOMS)
    session.show(list(long.items()), 1)
    session.act({"do": "report_make", "replications": 3})
    job = running.get(session.state()["save"]["token"])
    started = family(job)
    session.act({"do": "report_cancel"})
    assert session.state()["save"]["token"] is None
    assert not any(process.is_running() for process in started)
    assert not job.archive.parent.exists()
    assert job.status()["state"] == "stopped"


def test_a_report_ends_with_its_session(long: dict[str, Scenario], running: Jobs) -> None:
    session = Session(Films(), ROOMS)
    session.show(list(long.items()), 1)
    session.act({"do": "report_make", "replications": 3})
    started = family(running.get(session.state()["save"]["token"]))
    session.close()
    assert not any(process.is_running() for process in started)


def test_a_job_about_which_nobody_asks_any_more_ends(long: dict[str, Scenario]) -> None:
    waiting, running = (Job("compare", long, [1], "en", forgotten=0.5) for _ in range(2))
    running.begin()
    for job in (waiting, running):
        assert job.wait(30.0)
        assert job.state == "stopped"
        job.remove()


def test_a_job_ends_with_the_server(long: dict[str, Scenario]) -> None:
    job = Job("compare", long, [1, 2, 3], "en")
    job.begin()
    process = psutil.Process(job.process.pid)
    assert job.process.stdin is not None
    job.process.stdin.close()  # as the system does when a server dies
    assert job.wait(60.0)
    assert job.state == "failed"
    assert not process.is_running()
    assert not job.archive.parent.exists()
    job.remove()


def test_what_went_wrong_is_said(asked: dict[str, Scenario], tmp_path: Path) -> None:
    layout = asked["coordinated"].community.model_copy(update={"layout": str(tmp_path / "gone.csv")})
    broken = asked["coordinated"].model_copy(update={"community": layout})
    job = Job("compare", {"coordinated": broken}, [1], "en")
    job.begin()
    assert job.wait(60.0)
    job.remove()
    assert job.state == "failed"
    assert job.error == {
        "en": f"coordinated: community.layout: there is no file '{tmp_path / 'gone.csv'}'",
        "zh": f"coordinated: community.layout: 没有文件“{tmp_path / 'gone.csv'}”",
    }


def test_a_server_does_so_much_at_a_time(
    long: dict[str, Scenario], running: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (running.start("compare", long, [1], "en", (one, "")) for one in "abc")
    assert jobs.MOST_JOBS == 2
    assert [job.state for job in (first, second, third)] == ["running", "running", "waiting"]
    monkeypatch.setattr(jobs, "MOST_WAITING", 1)
    session = Session(Films(), ROOMS)
    session.show(list(long.items()), 1)
    session.act({"do": "report_make", "replications": 3})
    assert session.state()["save"] == {"token": None, "refused": True, "default": 10, "most": 30}
    key = session.sides[0].key
    assert client(session.films).get(f"/gongzhi/films/{key}/results.zip?name=x").status_code == 503
    running.remove(first.token)
    assert [job.state for job in (first, second, third)] == ["stopped", "running", "running"]
    session.act({"do": "report_make", "replications": 3})
    assert running.get(session.state()["save"]["token"]).state == "waiting"
    with pytest.raises(GoneError):
        running.get(first.token)


@pytest.fixture
def idle(running: Jobs, monkeypatch: pytest.MonkeyPatch) -> Jobs:
    """Jobs that count as running without a process."""
    monkeypatch.setattr(Job, "begin", lambda _job: None)
    return running


def test_a_second_visitor_is_served_before_the_second_job_of_the_first(
    asked: dict[str, Scenario], idle: Jobs
) -> None:
    visitors = ["ann", "ann", "ann", "ben"]
    owners = [("home", "cem"), *(("school", one) for one in visitors), ("home", "cem")]
    waiting = [idle.start("run", asked, [1], "en", owner) for owner in owners]
    order: list[int] = []
    while len(order) < len(waiting):
        now = [place for place, job in enumerate(waiting) if job.state == "running"]
        order += [place for place in now if place not in order]
        waiting[min(now)].stop()
    assert order == [0, 1, 5, 4, 2, 3]


def test_a_place_that_nobody_else_wants_is_given_and_a_newcomer_is_served_next(
    asked: dict[str, Scenario], idle: Jobs
) -> None:
    school = [idle.start("run", asked, [1], "en", ("school", one)) for one in ("ann", "ben", "cem")]
    guests = [idle.start("run", asked, [1], "en", (one, "")) for one in ("home", "library")]
    assert [job.state for job in school] == ["running", "running", "waiting"]
    school[0].stop()
    assert (guests[0].state, school[2].state) == ("running", "waiting")
    school[1].stop()
    assert (guests[1].state, school[2].state) == ("running", "waiting")
    guests[0].stop()
    assert school[2].state == "running"


def test_a_job_that_is_ended_before_it_was_told_what_to_do_troubles_nobody(
    asked: dict[str, Scenario], running: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = Job._hand_over

    def ended_first(job: Job, request: dict[str, Any]) -> None:
        job.stop()  # as another thread may at this moment
        tell(job, request)

    monkeypatch.setattr(Job, "_hand_over", ended_first)
    job = running.start("run", asked, [1], "en")
    assert job.state == "stopped"
    assert job.process.poll() is not None


@pytest.mark.parametrize(
    ("part", "status"), [("bytes=abc", 400), ("bytes=999999999-", 416), ("bytes=0-3", 206), (None, 200)]
)
def test_results_leave_nothing_behind_whatever_part_of_them_is_asked_for(
    asked: dict[str, Scenario], running: Jobs, monkeypatch: pytest.MonkeyPatch, part: str | None, status: int
) -> None:
    made: list[Job] = []

    def begin(job: Job) -> None:
        job.archive.write_bytes(b"results")
        job.state = "done"
        made.append(job)

    monkeypatch.setattr(Job, "begin", begin)
    films = Films()
    web = client(films)
    headers = {} if part is None else {"Range": part}
    key = films.hold(asked["coordinated"], 1)
    answer = web.get(f"/gongzhi/films/{key}/results.zip?name=x", headers=headers)
    assert answer.status_code == status
    (job,) = made
    assert not job.archive.parent.exists()
    with pytest.raises(GoneError):
        running.get(job.token)


def test_one_address_cannot_fill_the_queue(
    asked: dict[str, Scenario], idle: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST_WAITING", 3)
    greedy = [idle.start("run", asked, [1], "en", ("greedy", f"{number}")) for number in range(4)]
    other = idle.start("run", asked, [1], "en", ("other", ""))
    third = idle.start("run", asked, [1], "en", ("third", ""))
    with pytest.raises(FullError):
        idle.start("run", asked, [1], "en", ("greedy", ""))
    assert [job.state for job in greedy].count("stopped") == 1
    assert [job.state for job in (other, third)] == ["waiting", "waiting"]
    greedy[0].stop()
    assert other.state == "running"


def test_two_scenarios_of_one_name_are_told_apart_and_one_that_is_shown_twice_is_run_once(
    asked: dict[str, Scenario], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[dict[str, Scenario]] = []

    def start(_kind: str, scenarios: dict[str, Scenario], *_: Any) -> Job:
        started.append(scenarios)
        raise FullError("not now")

    monkeypatch.setattr(saving.JOBS, "start", start)
    one, other = asked.values()
    session = Session(Films(), ROOMS)
    for second in (other, one):
        session.show([("mine", one), ("mine", second)], 1)
        session.act({"do": "report_make", "replications": 2})
    assert started == [{"mine": one, "mine-2": other}, {"mine": one}]


@pytest.mark.parametrize("count", [0, 31, -1, 2.0, True, "3", None, 10**30])
def test_nonsense_makes_no_report(asked: dict[str, Scenario], running: Jobs, count: Any) -> None:
    session = Session(Films(), ROOMS)
    session.show(list(asked.items()), 1)
    session.act({"do": "report_make", "replications": count})
    assert session.problem
    assert session.state()["save"]["token"] is None


def test_results_of_what_nobody_watches_or_under_a_strange_name_are_refused(
    asked: dict[str, Scenario], running: Jobs
) -> None:
    films = Films()
    key = films.hold(asked["coordinated"], 1)
    web = client(films)
    assert web.get("/gongzhi/films/nothing/results.zip?name=x").status_code == 404
    for name in ("", "../x", "a/b", "a%5Cb", "x" * 121, "%0a", ".x"):
        answer = web.get(f"/gongzhi/films/{key}/results.zip?name={name}")
        assert answer.status_code >= 400
        assert "name" in answer.json()["error"]["en"]
