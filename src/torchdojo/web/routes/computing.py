"""The pages of computation: families, one question, sprints."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from torchdojo import __version__
from torchdojo.app import computing, practice, proof, sprinting
from torchdojo.app.sprinting import Sprint
from torchdojo.domain.computation import LEVEL_NAMES, LEVELS, MOST_SEED, Instance
from torchdojo.domain.errors import BadInput
from torchdojo.domain.judged import Judged
from torchdojo.web.report_view import report
from torchdojo.web.site import Site

#: Sprints shown on the page.
SHOWN = 5


def routes(site: Site) -> APIRouter:
    """The router over `site`."""
    router = APIRouter()
    dojo = site.dojo

    @router.get("/compute")
    def families(request: Request) -> Response:
        ended = [each for each in sprinting.sprints(dojo) if sprinting.is_over(dojo, each)]
        return site.page(
            request,
            "compute.html",
            rows=computing.rows(dojo),
            levels=list(zip(LEVELS, LEVEL_NAMES, strict=True)),
            usual=computing.USUAL_LEVEL,
            sprints=[(each, sprinting.score(dojo, each)) for each in ended[:SHOWN]],
        )

    @router.post("/compute/sprint")
    def begin(minutes: Annotated[int, Form()], level: Annotated[int, Form()]) -> Response:
        return _see(f"/compute/sprint/{sprinting.begin(dojo, minutes=minutes, level=level).number}")

    @router.get("/compute/sprint/{number}")
    def sprint(request: Request, number: int, place: int = 1) -> Response:
        running = sprinting.find_sprint(dojo, number)
        if sprinting.is_over(dojo, running):
            return site.page(request, "sprint_over.html", sprint=running, score=sprinting.score(dojo, running))
        return _sprint_page(request, running, place)

    @router.post("/compute/sprint/{number}")
    def sprint_answer(
        request: Request,
        number: int,
        place: Annotated[int, Form()],
        answer: Annotated[str, Form()] = "",
        skip: Annotated[str, Form()] = "",
    ) -> Response:
        running = sprinting.find_sprint(dojo, number)
        following = f"/compute/sprint/{number}?{urlencode({'place': place + 1})}"
        if skip:
            return _see(following)
        try:
            answered = sprinting.answer(dojo, running, place, answer)
        except BadInput:
            if sprinting.is_over(dojo, running):
                return _see(f"/compute/sprint/{number}")
            raise
        if answered.attempt is None:
            return _sprint_page(request, running, place, typed=answer, judged=answered.judged)
        return _see(following)

    @router.get("/compute/{family_id}")
    def family(
        request: Request,
        family_id: str,
        seed: int | None = None,
        level: int = computing.USUAL_LEVEL,
        attempt: int | None = None,
    ) -> Response:
        found = computing.find_family(dojo, family_id)
        if attempt is not None:
            kept = practice.attempt(dojo, attempt)
            if kept.exercise != found.id:
                raise BadInput("That answer belongs to another family.", "Choose a family from the list.")
            asked = computing.instance(dojo, found.id, kept.report.seed, int(kept.report.facts.get("level", level)))
            return _question_page(request, asked, typed=kept.source, judged=computing.judge_answer(asked, kept.source))
        if seed is None:
            return _see(_address(found.id, computing.fresh_seed(), level))
        return _question_page(request, computing.instance(dojo, found.id, seed, level))

    @router.post("/compute/{family_id}")
    def answer(
        request: Request,
        family_id: str,
        seed: Annotated[int, Form()],
        level: Annotated[int, Form()],
        answer: Annotated[str, Form()] = "",
    ) -> Response:
        asked = computing.instance(dojo, family_id, seed, level)
        answered = computing.answer(dojo, asked, answer, origin="web")
        if answered.attempt is None:
            return _question_page(request, asked, typed=answer, judged=answered.judged)
        # Reloading what comes next must not answer again.
        return _see(f"/compute/{asked.family}?attempt={answered.attempt.id}")

    def _question_page(request: Request, asked: Instance, *, typed: str = "", judged: Judged | None = None) -> Response:
        found = computing.find_family(dojo, asked.family)
        row = computing.row(dojo, found)
        proven = proof.proof(dojo, found.id)
        counted = judged is not None and judged.outcome != "unreadable"
        return site.page(
            request,
            "compute_question.html",
            family=found,
            row=row,
            levels=list(zip(LEVELS, LEVEL_NAMES, strict=True)),
            level=asked.level,
            seed=asked.seed,
            question=asked.question.prompt,
            choices=asked.question.choices,
            how=computing.how_to_answer(asked),
            typed=typed,
            judged=judged,
            # What is right is on the page only once something was answered.
            answer=computing.shown_answer(asked) if counted else "",
            working=asked.question.working if counted else "",
            following=_address(found.id, (asked.seed * 48271 + 11) % MOST_SEED, asked.level),
            proof=proven,
            report=report("computation", _named(asked), found.title, __version__),
        )

    def _sprint_page(
        request: Request, running: Sprint, place: int, *, typed: str = "", judged: Judged | None = None
    ) -> Response:
        asked = sprinting.question(dojo, running, place)
        score = sprinting.score(dojo, running)
        return site.page(
            request,
            "sprint.html",
            sprint=running,
            place=place,
            family=computing.find_family(dojo, asked.family),
            question=asked.question.prompt,
            choices=asked.question.choices,
            how=computing.how_to_answer(asked),
            score=score,
            last=score.rows[-1] if score.rows else None,
            left=max(0, int((running.ends - dojo.clock.now()).total_seconds())),
            typed=typed,
            judged=judged,
        )

    return router


def _named(asked: Instance) -> str:
    """What makes the same question again."""
    return f"{asked.family} --seed {asked.seed} --level {asked.level}"


def _address(family: str, seed: int, level: int) -> str:
    return f"/compute/{family}?{urlencode({'seed': seed, 'level': level})}"


def _see(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
