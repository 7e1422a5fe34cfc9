"""The pages of a room, and the web socket that keeps them up to date. Who one is here, the link alone decides."""

from __future__ import annotations

import asyncio
from dataclasses import asdict

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.websockets import WebSocket

from torchdojo.app import invitations
from torchdojo.app.interview_acts import close_scoring
from torchdojo.app.interview_views import candidate_page, interviewer_page
from torchdojo.app.replaying import fault_of, refuse_unreleased, replay
from torchdojo.app.room_looks import exhibits_of
from torchdojo.domain.interview import Actor
from torchdojo.domain.looks import look_title
from torchdojo.web.rooms import Hall
from torchdojo.web.rooms.dressing import drawn_look, dressed_snapshot
from torchdojo.web.site import Site


def routes(site: Site, hall: Hall) -> APIRouter:
    """The router over `site` and the rooms of `hall`."""
    router = APIRouter()
    dojo = site.dojo

    @router.get("/i/{room}/{secret}")
    async def room_page(request: Request, room: str, secret: str) -> Response:
        link = await hall.at_log(lambda: invitations.check_link(dojo, room, secret))
        live = await hall.room(room)
        if link.role is Actor.CANDIDATE:
            page = await hall.at_log(lambda: candidate_page(live))
            template = "room_mock.html" if live.state.alone else "room_candidate.html"
        else:
            page = await hall.at_log(lambda: interviewer_page(live))
            template = "room_interviewer.html"
        data = {
            "role": str(link.role),
            "filename": page["filename"],
            "metric": page["metric"],
            "state": await hall.at_log(lambda: dressed_snapshot(live, link.role, invitations.seat_of(link))),
        }
        return site.page(request, template, page=page, data=data, role=str(link.role))

    @router.get("/i/{room}/{secret}/replay")
    async def replay_page(request: Request, room: str, secret: str) -> Response:
        link = await hall.at_log(lambda: invitations.check_link(dojo, room, secret))
        await asyncio.to_thread(lambda: refuse_unreleased(dojo, room, link.role))
        return site.page(request, "room_replay.html")

    @router.get("/i/{room}/{secret}/replay/log")
    async def replay_log(room: str, secret: str) -> Response:
        link = await hall.at_log(lambda: invitations.check_link(dojo, room, secret))

        def whole() -> Response:
            made = replay(dojo, room, link.role, invitations.seat_of(link))
            # Not by `asdict`, which copies every edit.
            fields = {name: getattr(made, name) for name in made.__slots__}
            looks = [
                {
                    "elapsed": opened.elapsed,
                    "title": look_title(opened.look),
                    "minutes": opened.minutes,
                    "html": drawn_look(exhibits_of(opened)),
                }
                for opened in made.looks
            ]
            return JSONResponse(fields | {"moments": [asdict(moment) for moment in made.moments], "looks": looks})

        # Long logs are read aside: rooms where people type must not wait for them.
        return await asyncio.to_thread(whole)

    @router.get("/i/{room}/{secret}/replay/fault")
    async def replay_fault(room: str, secret: str) -> Response:
        link = await hall.at_log(lambda: invitations.check_link(dojo, room, secret))

        def checked() -> Response:
            refuse_unreleased(dojo, room, link.role)
            return JSONResponse({"fault": fault_of(dojo, room)})

        return await asyncio.to_thread(checked)

    @router.post("/interviews/held/{room}/second")
    async def second(request: Request, room: str) -> Response:
        path = await hall.do(room, lambda live: invitations.invite_second(dojo, live))
        here = str(request.base_url).rstrip("/")
        return site.page(request, "room_second.html", link=f"{here}{path}", days=invitations.DAYS)

    @router.post("/interviews/held/{room}/close")
    async def close(room: str) -> Response:
        await hall.do(room, lambda live: (None, close_scoring(live)))
        return RedirectResponse("/interviews/held", status_code=303)

    @router.websocket("/i/{room}/{secret}/socket")
    async def socket(websocket: WebSocket, room: str, secret: str) -> None:
        await hall.visit(websocket, room, secret)

    return router
