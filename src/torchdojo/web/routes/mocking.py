"""The page of mock interviews: what can be rehearsed, what was, and the way into the room."""

from __future__ import annotations

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from torchdojo.app import rehearsing
from torchdojo.domain.exercise import Kind
from torchdojo.domain.interview import Actor
from torchdojo.web.site import Site


def routes(site: Site) -> APIRouter:
    """The router over `site`."""
    router = APIRouter()
    dojo = site.dojo

    @router.get("/mock")
    def mocks(request: Request) -> Response:
        tasks = [exercise for exercise in dojo.library.exercises() if exercise.kind in (Kind.DEBUG, Kind.IMPLEMENT)]
        return site.page(
            request,
            "mock.html",
            interviews=dojo.library.interviews(),
            tasks=[*tasks, *dojo.library.drills()],
            rows=rehearsing.rehearsals(dojo),
        )

    @router.post("/mock")
    def begin(slug: str = Form(""), exercise: str = Form(""), minutes: str = Form("")) -> Response:
        length = int(minutes) if minutes.isascii() and minutes.isdecimal() else None
        made = rehearsing.new_mock(dojo, slug, exercise=exercise, minutes=length)
        return RedirectResponse(made.path(Actor.CANDIDATE), status_code=303)

    @router.post("/mock/{room}")
    def go_on(room: str) -> Response:
        return RedirectResponse(rehearsing.way_in(dojo, room), status_code=303)

    return router
