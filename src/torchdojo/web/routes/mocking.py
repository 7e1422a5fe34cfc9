"""The page of mock interviews: what can be rehearsed, what was, and the way into the room."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from torchdojo.app import rehearsing
from torchdojo.app.interview_scripts import fitting_exercises, scripts
from torchdojo.app.invitations import MOST_MINUTES
from torchdojo.domain.interview import Actor
from torchdojo.web.site import Site


def routes(site: Site) -> APIRouter:
    """The router over `site`."""
    router = APIRouter()
    dojo = site.dojo

    @router.get("/mock")
    def mocks(request: Request) -> Response:
        found = [(script, fitting_exercises(dojo, script)) for script in scripts(dojo)]
        rows = rehearsing.rehearsals(dojo)
        return site.page(request, "mock.html", interviews=found, most_minutes=MOST_MINUTES, rows=rows)

    @router.post("/mock")
    def begin(
        slug: Annotated[str, Form()] = "",
        minutes: Annotated[int | None, Form()] = None,
        exercise: Annotated[str, Form()] = "",
    ) -> Response:
        made = rehearsing.new_mock(dojo, slug, exercise=exercise.strip(), minutes=minutes)
        return RedirectResponse(made.path(Actor.CANDIDATE), status_code=303)

    @router.post("/mock/{room}")
    def go_on(room: str) -> Response:
        return RedirectResponse(rehearsing.way_in(dojo, room), status_code=303)

    return router
