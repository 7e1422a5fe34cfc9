"""What the practice page's script asks for: drafts, runs, hints, the way back to the starter."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from torchdojo.app import catalogue, guidance, practice, suspicions
from torchdojo.domain.errors import BadInput
from torchdojo.domain.suspicion import Suspicion
from torchdojo.web import drafts
from torchdojo.web.chart_data import by_name
from torchdojo.web.routes.exercise import attempts_part, diagnosis_part, newest_first, verdict_part
from torchdojo.web.runs import Event
from torchdojo.web.site import Site


class DraftBody(BaseModel):
    """The editor's text, and the version it was typed on top of ("" for the untouched starter)."""

    source: str
    base: str


class RunBody(BaseModel):
    """The text to judge."""

    source: str


class MarkBody(BaseModel):
    """A line of the starter and the kind of bug suspected there."""

    line: int
    kind: str


class DiagnosisBody(BaseModel):
    """Everything that is marked."""

    marks: list[MarkBody]


def routes(site: Site) -> APIRouter:
    """The router over `site`."""
    router = APIRouter(prefix="/api/exercises/{exercise_id}")
    dojo = site.dojo

    @router.get("/draft")
    def read_draft(exercise_id: str) -> Response:
        exercise = catalogue.find_scripted(dojo, exercise_id)
        return JSONResponse(_draft(drafts.stored(dojo, exercise.id)))

    @router.put("/draft")
    def save_draft(exercise_id: str, body: DraftBody) -> Response:
        exercise = catalogue.find_scripted(dojo, exercise_id)
        saved, held = drafts.save(dojo, exercise.id, body.source, body.base)
        if saved:
            return JSONResponse({"version": held.version, "saved_at": held.saved_at})
        fact = "This exercise was changed in another tab or window."
        cure = "Load that text, or keep the one in this tab."
        return JSONResponse(_draft(held) | {"fact": fact, "cure": cure}, status_code=409)

    @router.post("/reset")
    def reset(exercise_id: str) -> Response:
        exercise = catalogue.find_scripted(dojo, exercise_id)
        held = drafts.reset(dojo, exercise.id)
        attempts = newest_first(practice.attempts(dojo, exercise.id))
        return JSONResponse(_draft(held) | {"attempts": attempts_part(site, exercise, attempts)})

    @router.get("/set-aside/{position}")
    def set_aside(exercise_id: str, position: int) -> Response:
        texts = practice.discarded_drafts(dojo, exercise_id)
        if not 0 <= position < len(texts):
            raise BadInput("That text is no longer there.", "Reload the page to see which are.")
        return JSONResponse({"source": texts[position].source})

    @router.post("/hints")
    def open_hint(exercise_id: str) -> Response:
        exercise = catalogue.find_scripted(dojo, exercise_id)
        return JSONResponse({"html": site.fragment("hints.html", hints=guidance.open_hint(dojo, exercise.id))})

    @router.post("/diagnoses")
    def diagnose(exercise_id: str, body: DiagnosisBody) -> Response:
        exercise = catalogue.find_scripted(dojo, exercise_id)
        suspicions.diagnose_first(dojo, exercise.id, [Suspicion(mark.line, mark.kind) for mark in body.marks])
        return JSONResponse({"html": diagnosis_part(site, exercise)})

    @router.post("/runs")
    def run(request: Request, exercise_id: str, body: RunBody) -> Response:
        exercise = catalogue.find_scripted(dojo, exercise_id)

        def work(emit: Callable[[Event], None], cancel: threading.Event) -> Mapping[str, Any]:
            attempt = practice.grade(dojo, exercise.id, body.source, origin="web", on_event=emit, cancel=cancel)
            attempts = newest_first(practice.attempts(dojo, exercise.id))
            # What could not be judged is not among the stored attempts, but it is what this run came to.
            shown = attempts if attempt.id else [attempt, *attempts]
            return {
                "type": "report",
                "verdict": str(attempt.report.verdict),
                "html": verdict_part(site, exercise, shown),
                "attempts": attempts_part(site, exercise, attempts),
                "curves": by_name(attempt.report.curves),
            }

        return StreamingResponse(site.runs.stream(work, request.is_disconnected), media_type="application/x-ndjson")

    return router


def _draft(held: drafts.Stored) -> dict[str, str]:
    return {"source": held.source, "version": held.version, "saved_at": held.saved_at}
