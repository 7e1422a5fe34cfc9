"""Hiding a script, and opening looks at its run while the page watches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from torchdojo.app import catalogue, looks
from torchdojo.domain.looks import Look
from torchdojo.web.routes.exercise import looks_part
from torchdojo.web.runs import Event
from torchdojo.web.site import Site


class LookBody(BaseModel):
    """Which look to open."""

    look: str


def routes(site: Site) -> APIRouter:
    """The router over `site`."""
    router = APIRouter(prefix="/api/exercises/{exercise_id}")
    dojo = site.dojo

    @router.post("/hide")
    def hide(exercise_id: str) -> Response:
        state = looks.hide(dojo, catalogue.find_exercise(dojo, exercise_id).id)
        return JSONResponse({"hidden": state.hidden})

    @router.post("/looks")
    def look(request: Request, exercise_id: str, body: LookBody) -> Response:
        exercise = catalogue.find_exercise(dojo, exercise_id)

        def work(emit: Callable[[Event], None], cancel: threading.Event) -> Mapping[str, Any]:
            state = looks.open_look(dojo, exercise.id, body.look, on_event=emit, cancel=cancel)
            return {
                "type": "looks",
                "html": looks_part(site, state),
                "spent": state.spent,
                "script": body.look == Look.SCRIPT,
            }

        return StreamingResponse(site.runs.stream(work, request.is_disconnected), media_type="application/x-ndjson")

    return router
