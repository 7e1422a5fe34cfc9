"""The report of an interview for whoever has a link into its room: what of it they may read, the link alone decides."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from torchdojo.app import invitations
from torchdojo.app.interview_reports import (
    FORMS,
    Paper,
    candidate_paper,
    interviewer_paper,
    is_released,
    prints_pdf,
    released_paper,
)
from torchdojo.domain.interview import Actor
from torchdojo.paper import sheet_style
from torchdojo.web.site import Site

_TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
}


def routes(site: Site) -> APIRouter:
    """The router over `site`."""
    router = APIRouter()
    dojo = site.dojo

    def paper(room: str, secret: str, *, handed_over: bool) -> tuple[Actor, Paper]:
        """What that link may read; an interviewer may also ask for what the candidate gets."""
        role = invitations.check_link(dojo, room, secret).role
        if role is Actor.CANDIDATE:
            return role, released_paper(dojo, room)
        return role, candidate_paper(dojo, room) if handed_over else interviewer_paper(dojo, room)

    @router.get("/i/{room}/{secret}/report")
    def page(request: Request, room: str, secret: str, candidate: bool = False) -> Response:
        role, told = paper(room, secret, handed_over=candidate)
        values: dict[str, Any] = {
            "title": told.sheet.title,
            "body": Markup(told.body()),  # The sheet escapes what it shows.
            "style": Markup(sheet_style()),
            "back": f"/i/{room}/{secret}",
            "role": str(role),
            "candidate": candidate and role is not Actor.CANDIDATE,
            "released": role is Actor.CANDIDATE or is_released(dojo, room),
            "forms": [form for form in FORMS if form != "pdf" or prints_pdf()],
        }
        return site.page(request, "room_report.html", **values)

    @router.get("/i/{room}/{secret}/report.{form}")
    def file(room: str, secret: str, form: Literal["html", "pdf", "md", "json"], candidate: bool = False) -> Response:
        role, told = paper(room, secret, handed_over=candidate)
        whose = "-candidate" if candidate and role is not Actor.CANDIDATE else ""
        name = f"interview-report{whose}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(FORMS[form](told), media_type=_TYPES[form], headers=headers)

    return router
