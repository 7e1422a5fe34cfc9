"""The page that makes drills, and the kinds of bugs to choose from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from torchdojo.app import catalogue, drilling, looks, suspicions
from torchdojo.web.runs import Event
from torchdojo.web.site import Site

#: Drills on the page; older ones are found by their address.
SHOWN = 48


class DrillBody(BaseModel):
    """What a drill is made from; zero, empty and null leave a choice to the seed, a null seed is drawn."""

    bugs: int = 0
    level: int = 0
    kinds: list[str] = []
    base: str = ""
    seed: int | None = None
    hidden: bool = False


def routes(site: Site) -> APIRouter:
    """The router over `site`."""
    router = APIRouter()
    dojo = site.dojo

    @router.get("/drills")
    def drills(request: Request, kind: str = "") -> Response:
        bases = drilling.base_rows(dojo)
        possible = {kind for row in bases for kind in row.kinds}
        return site.page(
            request,
            "drills.html",
            bases=bases,
            kinds=[
                (slug, title, [row.base.id for row in bases if slug in row.kinds])
                for slug, title in suspicions.suspects()
                if slug in possible
            ],
            levels=[(number, catalogue.level_name(dojo, number)) for number in range(1, 6)],
            chosen=kind if kind in possible else "",
            most_bugs=drilling.MOST_BUGS,
            most_seed=drilling.MOST_SEED,
            rows=drilling.drill_rows(dojo, SHOWN),
            total=len(drilling.drills(dojo)),
        )

    @router.get("/api/kinds")
    def kinds() -> Response:
        return JSONResponse([{"slug": slug, "title": title} for slug, title in suspicions.suspects()])

    @router.post("/api/drills")
    def make(request: Request, body: DrillBody) -> Response:
        def work(emit: Callable[[Event], None], cancel: threading.Event) -> Mapping[str, Any]:
            emit({"type": "stage", "text": "Choosing a script and its bugs"})
            runs = 0

            def say(text: str) -> None:
                nonlocal runs
                runs += 1
                emit({"type": "stage", "text": f"Proving it, run {runs}: {text}"})

            made = drilling.drill(
                dojo,
                seed=drilling.fresh_seed() if body.seed is None else body.seed,
                bugs=body.bugs,
                level=body.level,
                kinds=body.kinds,
                base=body.base,
                say=say,
                cancel=cancel,
            )
            if body.hidden:
                looks.hide(dojo, made.exercise.id)
            return {"type": "made", "address": f"/exercises/{made.exercise.id}", "title": made.exercise.title}

        return StreamingResponse(site.runs.stream(work, request.is_disconnected), media_type="application/x-ndjson")

    return router
