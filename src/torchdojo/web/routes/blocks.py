"""Running a program that stands in a text, while the page watches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from torchdojo.app.running_blocks import run_block
from torchdojo.web.runs import Event
from torchdojo.web.site import Site


class BlockBody(BaseModel):
    """The program as it stands in the page's editor, and where the page has it from."""

    place: str
    source: str


def routes(site: Site) -> APIRouter:
    """The router over `site`."""
    router = APIRouter(prefix="/api/blocks")

    @router.post("/runs")
    def run(request: Request, body: BlockBody) -> Response:
        def work(emit: Callable[[Event], None], cancel: threading.Event) -> Mapping[str, Any]:
            ran = run_block(site.dojo, body.place, body.source, on_event=emit, cancel=cancel)
            return {"type": "ran", **asdict(ran)}

        return StreamingResponse(site.runs.stream(work, request.is_disconnected), media_type="application/x-ndjson")

    return router
