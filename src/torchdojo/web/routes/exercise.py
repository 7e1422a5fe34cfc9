"""The practice page, and what can be read about one exercise: attempts and the solution."""

from __future__ import annotations

from dataclasses import replace
from difflib import unified_diff
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from torchdojo.app import catalogue, guidance, looks, overview, practice, proof, suspicions
from torchdojo.app.looks import Looks
from torchdojo.domain.attempt import Attempt
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.report import Verdict
from torchdojo.web import drafts
from torchdojo.web.chart_data import chart_data
from torchdojo.web.diagnosis_view import diagnosis_view
from torchdojo.web.diff_view import diff_rows, summary
from torchdojo.web.looks_view import looks_view
from torchdojo.web.site import Site
from torchdojo.web.verdict_view import verdict_view


def routes(site: Site) -> APIRouter:
    """The router over `site`."""
    router = APIRouter()
    dojo = site.dojo

    @router.get("/exercises/{exercise_id}")
    def practice_page(
        request: Request, exercise_id: str, chosen: Annotated[int | None, Query(alias="from")] = None
    ) -> Response:
        exercise = catalogue.find_exercise(dojo, exercise_id)
        if exercise.kind is Kind.COMPUTE:
            return RedirectResponse(f"/compute/{exercise.id}", status_code=303)
        opened = looks.looks(dojo, exercise.id)
        if opened is not None and opened.hidden:
            return hidden_page(site, request, exercise, opened)
        attempts = newest_first(practice.attempts(dojo, exercise.id))
        held = drafts.stored(dojo, exercise.id)
        debugging = exercise.kind is Kind.DEBUG
        proven = proof.proof(dojo, exercise.id)
        data = chart_data(exercise, attempts[0].report.curves if attempts else (), proven.curves if proven else ()) | {
            "exercise": exercise.id,
            "kind": str(exercise.kind),
            "filename": exercise.filename,
            "source": held.source,
            "version": held.version,
            "savedAt": held.saved_at,
            "setAside": not held.version and bool(practice.discarded_drafts(dojo, exercise.id)),
            "starter": practice.starter(dojo, exercise.id) if debugging else "",
            "spentMinutes": opened.spent if opened else 0,
            "goOnFrom": next((attempt.source for attempt in attempts if attempt.id == chosen), None),
        }
        return site.page(
            request,
            "practice.html",
            exercise=exercise,
            data=data,
            level=catalogue.level_name(dojo, exercise.level),
            proven=proven is not None,
            verdict=verdict_part(site, exercise, attempts),
            hints=site.fragment("hints.html", hints=guidance.hints(dojo, exercise.id)),
            attempts=attempts_part(site, exercise, attempts),
            diagnosis=diagnosis_part(site, exercise) if debugging else "",
            looks=looks_part(site, opened) if opened else "",
            can_hide=debugging and opened is None and not attempts and not held.version,
        )

    @router.get("/attempts/{number}")
    def attempt_page(request: Request, number: int) -> Response:
        attempt = practice.attempt(dojo, number)
        exercise = catalogue.find_exercise(dojo, attempt.exercise)
        if exercise.kind is Kind.COMPUTE:
            return RedirectResponse(f"/compute/{exercise.id}?attempt={attempt.id}", status_code=303)
        rows = diff_rows(practice.diff_to_starter(dojo, attempt))
        proven = proof.proof(dojo, exercise.id)
        return site.page(
            request,
            "attempt.html",
            exercise=exercise,
            attempt=attempt,
            verdict=site.fragment(
                "verdict.html",
                verdict=verdict_view(attempt.report, exercise),
                debrief="",
                remarks=(),
                jumps=False,
                proof="",
                following=None,
            ),
            rows=rows,
            summary=summary(rows),
            data=chart_data(exercise, attempt.report.curves, proven.curves if proven else ()),
        )

    @router.get("/exercises/{exercise_id}/solution")
    def solution_page(request: Request, exercise_id: str) -> Response:
        exercise = catalogue.find_scripted(dojo, exercise_id)
        try:
            solution = guidance.solution(dojo, exercise.id)
        except BadInput:
            return site.page(request, "solution_sealed.html", exercise=exercise)
        starter = practice.starter(dojo, exercise.id)
        rows = diff_rows("\n".join(unified_diff(starter.splitlines(), solution.source.splitlines(), lineterm="")))
        return site.page(request, "solution.html", exercise=exercise, solution=solution, rows=rows)

    @router.post("/exercises/{exercise_id}/solution")
    def open_solution(exercise_id: str) -> Response:
        exercise = catalogue.find_scripted(dojo, exercise_id)
        guidance.solution(dojo, exercise.id, confirmed=True)
        return RedirectResponse(f"/exercises/{exercise.id}/solution", status_code=303)

    return router


def hidden_page(site: Site, request: Request, exercise: Exercise, opened: Looks) -> Response:
    """The page of an exercise whose script is hidden: the task and the looks."""
    return site.page(
        request,
        "hidden.html",
        exercise=exercise,
        data={"exercise": exercise.id, "spentMinutes": opened.spent},
        level=catalogue.level_name(site.dojo, exercise.level),
        looks=looks_part(site, opened),
    )


def looks_part(site: Site, opened: Looks) -> str:
    """The looks with their prices, and what the open ones show."""
    return site.fragment("looks.html", looks=opened, shown={row.look: looks_view(row.exhibits) for row in opened.rows})


def diagnosis_part(site: Site, exercise: Exercise) -> str:
    """The diagnosis handed in last, judged, and which one counts."""
    state = suspicions.diagnosis_state(site.dojo, exercise.id)
    return site.fragment("diagnosis.html", state=state, view=diagnosis_view(state, dict(suspicions.suspects())))


def newest_first(attempts: list[Attempt]) -> list[Attempt]:
    """The attempts with the latest at the top."""
    return sorted(attempts, key=lambda attempt: attempt.id, reverse=True)


def attempts_part(site: Site, exercise: Exercise, attempts: list[Attempt]) -> str:
    """The list of `attempts` (newest first) and of the texts that a reset set aside."""
    return site.fragment(
        "attempts.html", attempts=attempts, set_aside=practice.discarded_drafts(site.dojo, exercise.id)
    )


def verdict_part(site: Site, exercise: Exercise, attempts: list[Attempt]) -> str:
    """The verdict panel for the latest of `attempts` (newest first), with the debrief once one of them passed."""
    if not attempts:
        return site.fragment("no_verdict.html", exercise=exercise)
    view = verdict_view(attempts[0].report, exercise)
    if not any(attempt.id for attempt in attempts):
        # Nothing was run yet (the text was no Python, or we broke): the search is still on, so no bug is named.
        view = replace(view, bugs=(), tally="")
    passed = any(attempt.report.verdict is Verdict.PASSED for attempt in attempts)
    return site.fragment(
        "verdict.html",
        verdict=view,
        debrief=exercise.debrief if passed else "",
        remarks=practice.remarks(site.dojo, exercise.id, attempts[0].source),
        jumps=True,
        proof=exercise.id if proof.proof(site.dojo, exercise.id) else "",
        following=overview.following_exercise(site.dojo, exercise.id) if passed else None,
    )
