"""Reports of interviews: for the host all of them, for whoever has a link into a room what that link may read."""

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
    room_rows,
)
from torchdojo.app.rehearsing import is_over_alone
from torchdojo.domain.interview import Actor
from torchdojo.interview.seats import FIRST
from torchdojo.paper import sheet_style
from torchdojo.web.site import Site

Form = Literal["html", "pdf", "md", "json"]

#: With what role and from which seat somebody reads.
Reader = tuple[Actor, int]
HOST: Reader = (Actor.INTERVIEWER, FIRST)

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

    def reader_of(room: str, secret: str) -> Reader:
        link = invitations.check_link(dojo, room, secret)
        # Whoever rehearsed alone was their own interviewer.
        alone = link.role is Actor.CANDIDATE and is_over_alone(dojo, room)
        return (Actor.INTERVIEWER if alone else link.role), invitations.seat_of(link)

    def paper(room: str, reader: Reader, *, handed_over: bool) -> Paper:
        """What that role may read; who may read everything may also ask for what the candidate gets."""
        role, seat = reader
        if role is Actor.CANDIDATE:
            return released_paper(dojo, room)
        return candidate_paper(dojo, room, seat) if handed_over else interviewer_paper(dojo, room, seat)

    def shown(request: Request, room: str, reader: Reader, back: tuple[str, str], *, handed_over: bool) -> Response:
        told = paper(room, reader, handed_over=handed_over)
        role, _ = reader
        address, where = back
        values: dict[str, Any] = {
            "title": told.sheet.title,
            "body": Markup(told.body()),  # The sheet escapes what it shows.
            "style": Markup(sheet_style()),
            "back": address,
            "where": where,
            "role": str(role),
            "candidate": handed_over and role is not Actor.CANDIDATE,
            "released": role is Actor.CANDIDATE or is_released(dojo, room),
            "forms": [form for form in FORMS if form != "pdf" or prints_pdf()],
        }
        return site.page(request, "room_report.html", **values)

    def kept(room: str, reader: Reader, form: Form, *, handed_over: bool) -> Response:
        told = paper(room, reader, handed_over=handed_over)
        whose = "-candidate" if handed_over and reader[0] is not Actor.CANDIDATE else ""
        name = f"interview-report{whose}.{form}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(FORMS[form](told), media_type=_TYPES[form], headers=headers)

    @router.get("/i/{room}/{secret}/report")
    def page(request: Request, room: str, secret: str, candidate: bool = False) -> Response:
        back = f"/i/{room}/{secret}", "Back to the room"
        return shown(request, room, reader_of(room, secret), back, handed_over=candidate)

    @router.get("/i/{room}/{secret}/report.{form}")
    def file(room: str, secret: str, form: Form, candidate: bool = False) -> Response:
        return kept(room, reader_of(room, secret), form, handed_over=candidate)

    @router.get("/interviews/held")
    def held(request: Request) -> Response:
        return site.page(request, "interviews_held.html", rooms=room_rows(dojo))

    @router.get("/interviews/held/{room}/report")
    def host_page(request: Request, room: str, candidate: bool = False) -> Response:
        back = "/interviews/held", "All interviews"
        return shown(request, room, HOST, back, handed_over=candidate)

    @router.get("/interviews/held/{room}/report.{form}")
    def host_file(room: str, form: Form, candidate: bool = False) -> Response:
        return kept(room, HOST, form, handed_over=candidate)

    return router
