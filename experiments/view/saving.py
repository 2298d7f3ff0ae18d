"""Taking away what is shown: a run's results, and the report of a comparison of both sides."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from experiments.folders import REPORT
from experiments.messages import LANGUAGES
from experiments.view.errors import FullError, GoneError, RunDiedError, ViewError
from experiments.view.film import Films
from experiments.view.jobs import JOBS, Job
from experiments.view.session import Room, Session
from experiments.view.visits import address_of
from scenarios.phrases import in_both, phrase
from scenarios.schema import Scenario

REPLICATIONS = 10
MOST_REPLICATIONS = 30
LONGEST_NAME = 120
BROWSER = "solara-session-id"
"""The cookie by which Solara knows a browser."""
FRESH = {"Cache-Control": "no-store"}


@dataclass(slots=True)
class _Report:
    """A session's report."""

    token: str | None = None
    """Of its job."""
    refused: bool = False
    """Whether the server had too much to do to begin it."""


def _make(session: Session, action: Mapping[str, Any]) -> None:
    """Begin the report of what is shown, with ``replications`` of each scenario, in ``language``."""
    count = action.get("replications")
    if type(count) is not int or not 1 <= count <= MOST_REPLICATIONS:
        raise ViewError(
            phrase("give a whole number of replications from 1 to {most}", most=MOST_REPLICATIONS)
        )
    if not session.sides:
        raise ViewError(phrase("nothing is shown"))
    _end(session)
    asked: dict[str, Scenario] = {}
    for side in session.sides:
        taken = asked.get(side.name, side.scenario) != side.scenario
        asked[f"{side.name}-2" if taken else side.name] = side.scenario
    seeds = range(session.seed, session.seed + count)
    report = session.memory[SAVING.name] = _Report()
    try:
        owner = session.visitor.address, session.visitor.browser
        report.token = JOBS.start("compare", asked, seeds, _language(action.get("language")), owner).token
    except FullError:
        report.refused = True


def _end(session: Session) -> None:
    """End the session's report, if it has one, and throw it away."""
    report: _Report | None = session.memory.pop(SAVING.name, None)
    if report is not None and report.token is not None:
        JOBS.remove(report.token)


def _state(session: Session) -> dict[str, Any]:
    report: _Report = session.memory.get(SAVING.name, _Report())
    return {
        "token": report.token,
        "refused": report.refused,
        "default": REPLICATIONS,
        "most": MOST_REPLICATIONS,
    }


SAVING = Room(
    "save",
    {"report_make": _make, "report_cancel": lambda session, _action: _end(session)},
    _state,
    leave=_end,
)


def saving_routes(films: Films) -> list[Route]:
    """The routes under ``/gongzhi`` by which results leave."""

    async def results(request: Request) -> Response:
        film = films.get(request.path_params["key"])
        name = request.query_params.get("name", "")
        if not _is_name(name):
            raise ViewError(phrase("this is not the name of a scenario"))
        language = _language(request.query_params.get("language"))
        owner = address_of(request.scope), request.cookies.get(BROWSER, "")
        asked = {name: film.scenario}, [film.seed], language, owner
        job = await run_in_threadpool(JOBS.start, "run", *asked)
        try:
            await _done(request, job)
        except BaseException:
            await run_in_threadpool(JOBS.remove, job.token)
            raise
        return _Archive(job, f"run-{name}-{film.seed}.zip")

    async def status(request: Request) -> Response:
        try:
            found = JOBS.get(request.path_params["token"]).status()
        except GoneError:
            found = {"state": "stopped"}
        return JSONResponse(found, headers=FRESH)

    async def report(request: Request) -> Response:
        return FileResponse(_ready(request).result / REPORT, headers=FRESH)

    async def archive(request: Request) -> Response:
        return FileResponse(_ready(request).archive, filename="comparison.zip", headers=FRESH)

    return [
        Route("/films/{key}/results.zip", results),
        Route("/reports/{token}", status),
        Route("/reports/{token}/report.html", report),
        Route("/reports/{token}/results.zip", archive),
    ]


class _Archive(FileResponse):
    """The results of a job, which is removed with them once they are sent, or cannot be.

    A background task would not run where the browser asks for a part of the file that there is not.
    """

    def __init__(self, job: Job, name: str) -> None:
        super().__init__(job.archive, filename=name, headers=FRESH)
        self._token = job.token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send, and remove."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await run_in_threadpool(JOBS.remove, self._token)


async def _done(request: Request, job: Job) -> None:
    """Wait for a job as long as the browser does."""
    while job.status()["state"] in {"waiting", "running"}:
        if await request.is_disconnected():
            raise GoneError(phrase("nobody waits for these results any more"))
        await asyncio.sleep(0.2)
    if job.state != "done":
        raise RunDiedError(job.error or in_both(phrase("the run was stopped")))


def _ready(request: Request) -> Job:
    job = JOBS.get(request.path_params["token"])
    if job.state != "done":
        raise GoneError(phrase("this report is not ready"))
    return job


def _is_name(text: str) -> bool:
    """Whether results may be called so: a file is named after it."""
    fit = 0 < len(text) <= LONGEST_NAME and text.isprintable()
    return fit and text.strip(". ") == text and set(text).isdisjoint("/\\:")


def _language(asked: object) -> str:
    return asked if isinstance(asked, str) and asked in LANGUAGES else LANGUAGES[0]
