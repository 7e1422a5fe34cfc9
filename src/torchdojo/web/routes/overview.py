"""Pages to find one's way: home, the list, what a word means, what was proved, how this machine is."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from torchdojo import __version__
from torchdojo.app import catalogue, drilling, explain, health, knowledge, overview, practice, proof, reviewing
from torchdojo.domain.exercise import Kind
from torchdojo.web.chart_data import chart_data
from torchdojo.web.proof_view import proof_view
from torchdojo.web.prose import PAGES
from torchdojo.web.report_view import report
from torchdojo.web.site import Site

LEVELS = ("1", "2", "3", "4", "5")


def routes(site: Site) -> APIRouter:
    """The router over `site`."""
    router = APIRouter()
    dojo = site.dojo

    @router.get("/")
    def home(request: Request) -> Response:
        standing = overview.overview(dojo)
        if standing.next_exercise is not None and not standing.last_attempts:
            # On a first visit there is nothing to look back on: the challenge itself is the best welcome.
            return RedirectResponse(f"/exercises/{standing.next_exercise.id}", status_code=303)
        groups = catalogue.by_track(dojo, catalogue.list_exercises(dojo))
        return site.page(request, "home.html", standing=standing, groups=groups, desk=reviewing.desk(dojo))

    @router.get("/exercises")
    def exercises(request: Request, q: str = "", kind: str = "", level: str = "", todo: str = "") -> Response:
        rows = catalogue.list_exercises(dojo)
        kinds = list(dict.fromkeys(str(row.exercise.kind) for row in rows))
        # What cannot be chosen on the page narrows nothing down.
        found = catalogue.list_exercises(
            dojo,
            kind=kind if kind in kinds else None,
            level=int(level) if level in LEVELS else None,
            todo=bool(todo),
            text=q,
        )
        return site.page(
            request,
            "exercises.html",
            groups=catalogue.by_track(dojo, rows),
            shown={row.exercise.id for row in found},
            total=len(rows),
            asked={"q": q, "kind": kind, "level": level, "todo": todo},
            kinds=kinds,
            levels=[(number, catalogue.level_name(dojo, int(number))) for number in LEVELS],
        )

    @router.get("/explain/{slug}")
    def explanation(request: Request, slug: str) -> Response:
        explanation = explain.explain(dojo, slug)
        if explanation.of in ("question", "guide"):
            return RedirectResponse(f"{PAGES[explanation.of]}{slug}", status_code=303)
        # A verdict or a state leads nowhere else.
        kind = explanation.slug if explanation.of == "kind" else ""
        return site.page(
            request,
            "explain.html",
            explanation=explanation,
            drilled=any(kind in row.kinds for row in drilling.base_rows(dojo)),
            questions=knowledge.questions_about(dojo, kind),
            report=report("kind of bug", kind, explanation.title, __version__) if kind else None,
        )

    @router.get("/proof/{exercise_id}")
    def proof_page(request: Request, exercise_id: str) -> Response:
        exercise = catalogue.find_exercise(dojo, exercise_id)
        if exercise.kind is Kind.COMPUTE:
            return RedirectResponse(f"/compute/{exercise.id}#proof", status_code=303)
        proven = proof.proof(dojo, exercise.id)
        # The proof names the planted bugs; before the first run that would give the search away.
        named = bool(practice.attempts(dojo, exercise.id))
        return site.page(
            request,
            "proof.html",
            exercise=exercise,
            proof=None if proven is None else proof_view(proven, exercise, named=named),
            named=named,
            data=None if proven is None else chart_data(exercise, (), proven.curves),
        )

    @router.get("/doctor")
    def doctor(request: Request) -> Response:
        return site.page(request, "doctor.html", checks=health.checkup(dojo))

    return router
