"""The web application over one dojo."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from torchdojo.app.compose import Dojo
from torchdojo.domain.errors import BadInput, DojoError
from torchdojo.web.gate import TOO_LARGE, Gate, loopback_hosts
from torchdojo.web.rooms import Hall
from torchdojo.web.routes import (
    api,
    blocks,
    computing,
    drills,
    exercise,
    interviewing,
    inviting,
    knowledge,
    looking,
    mocking,
    overview,
    reporting,
    review,
)
from torchdojo.web.runs import RunDesk
from torchdojo.web.site import HERE, Site, template_environment

_log = logging.getLogger(__name__)
_ELSEWHERE = "Choose an exercise from the list, or go back to where you came from."


def create_app(
    dojo: Dojo,
    *,
    token: str,
    hosts: Collection[str] = (),
    concurrent_runs: int | None = None,
) -> FastAPI:
    """The application. `token` is the key its first address must carry; `hosts` the names it answers to
    (this machine's loopback names when empty); `concurrent_runs` how many runs may go on at once (one per core)."""

    site = Site(dojo, template_environment(), RunDesk(concurrent_runs or os.cpu_count() or 1))
    hall = Hall(dojo, concurrent_runs=concurrent_runs)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=_warm_up, args=(site,), name="warm-up", daemon=True).start()
        yield
        site.runs.close()
        site.page_made.set()
        await hall.empty()

    app = FastAPI(title="torchdojo", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.runs = site.runs
    app.state.hall = hall
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    parts = (
        overview,
        exercise,
        knowledge,
        drills,
        computing,
        api,
        looking,
        review,
        inviting,
        mocking,
        blocks,
        reporting,
    )
    for part in parts:
        app.router.routes.extend(part.routes(site).routes)
    app.router.routes.extend(interviewing.routes(site, hall).routes)
    _explain_errors(app, site)
    app.add_middleware(Gate, token=token, hosts=hosts or loopback_hosts("127.0.0.1"), refuse=site.problem)
    return app


def _warm_up(site: Site) -> None:
    # The first page should not have to share the processor with the grader, and the first run not have to start it.
    site.page_made.wait(timeout=5)
    if site.runs.closing:
        return
    try:
        site.dojo.grader.warm_up()
    except Exception as error:
        # The first run will meet the same trouble, and tell of it where it can be read.
        _log.info("the grader is not warm: %s", error)


def _explain_errors(app: FastAPI, site: Site) -> None:
    @app.exception_handler(DojoError)
    async def expected(request: Request, error: DojoError) -> Response:
        missing = isinstance(error, BadInput) and request.method in ("GET", "HEAD")
        status = 404 if missing else 400 if isinstance(error, BadInput) else 503
        return site.problem(request.scope, status, error.fact, error.cure)

    @app.exception_handler(HTTPException)
    async def by_status(request: Request, error: HTTPException) -> Response:
        if error.status_code == 413:
            return site.problem(request.scope, 413, *TOO_LARGE)
        fact = "There is no such page." if error.status_code in (404, 405) else str(error.detail)
        return site.problem(request.scope, error.status_code, fact, _ELSEWHERE)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        if request.method in ("GET", "HEAD"):
            return site.problem(request.scope, 404, "There is no such page.", _ELSEWHERE)
        where = ", ".join(str(part) for problem in error.errors()[:1] for part in problem["loc"])
        return site.problem(request.scope, 400, f"The request is malformed at {where}.", "Reload the page.")
