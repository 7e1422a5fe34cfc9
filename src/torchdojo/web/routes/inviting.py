"""The page of the interview scripts, where a room is made and its links are handed out. Only the host has it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from torchdojo.app import invitations
from torchdojo.app.interview_scripts import fitting_exercises, scripts
from torchdojo.web.gate import loopback_hosts
from torchdojo.web.site import Site


def routes(site: Site) -> APIRouter:
    """The router over `site`."""
    router = APIRouter()
    dojo = site.dojo

    @router.get("/interviews")
    def interviews(request: Request) -> Response:
        found = [(script, fitting_exercises(dojo, script)) for script in scripts(dojo)]
        return site.page(request, "interviews.html", interviews=found, most_minutes=invitations.MOST_MINUTES)

    @router.post("/interviews")
    def make(
        request: Request,
        slug: Annotated[str, Form()],
        minutes: Annotated[int, Form()],
        exercise: Annotated[str, Form()] = "",
        second: Annotated[bool, Form()] = False,
    ) -> Response:
        made = invitations.new_room(
            dojo, slug, minutes=minutes, exercise=exercise.strip(), interviewers=2 if second else 1
        )
        here = str(request.base_url).rstrip("/")
        links = [(str(role), f"{here}{made.path(role)}") for role in invitations.INVITED]
        if made.second_path:
            links.insert(2, ("second interviewer", f"{here}{made.second_path}"))
        return site.page(
            request,
            "room_made.html",
            made=made,
            days=invitations.DAYS,
            links=links,
            only_here=request.url.hostname in loopback_hosts("127.0.0.1"),
        )

    return router
