"""Pages to read: questions, guides, kinds of bugs, and the search over everything."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from torchdojo import __version__
from torchdojo.app import catalogue, knowledge
from torchdojo.app.searching import Search
from torchdojo.web.prose import PAGES
from torchdojo.web.report_view import report
from torchdojo.web.routes.overview import LEVELS
from torchdojo.web.site import Site

#: What a page that was found is, said to a person.
FOUND = {"exercise": "Exercise", "question": "Question", "guide": "Guide", "kind": "Kind of bug"}


def routes(site: Site) -> APIRouter:
    """The router over `site`."""
    router = APIRouter()
    dojo = site.dojo
    search = Search(dojo)

    @router.get("/questions")
    def questions(request: Request, q: str = "", level: str = "") -> Response:
        rows = knowledge.list_questions(dojo)
        found = knowledge.list_questions(dojo, level=int(level) if level in LEVELS else None, text=q)
        return site.page(
            request,
            "questions.html",
            groups=knowledge.by_topic(dojo, rows),
            shown={row.number for row in found},
            total=len(rows),
            asked={"q": q, "level": level},
            levels=[(number, catalogue.level_name(dojo, int(number))) for number in LEVELS],
        )

    @router.get("/questions/{slug}")
    def question(request: Request, slug: str) -> Response:
        placed = knowledge.find_question(dojo, slug)
        return site.page(
            request,
            "question.html",
            placed=placed,
            question=placed.question,
            level=catalogue.level_name(dojo, placed.question.level),
            pictures=partial(knowledge.picture, placed.question),
            report=report("question", placed.question.slug, placed.question.title, __version__),
        )

    @router.get("/guides")
    def guides(request: Request) -> Response:
        return site.page(request, "guides.html", guides=dojo.library.guides())

    @router.get("/guides/{slug}")
    def guide(request: Request, slug: str) -> Response:
        found = knowledge.find_guide(dojo, slug)
        return site.page(
            request,
            "guide.html",
            guide=found,
            exercises=knowledge.guide_exercises(dojo, found),
            pictures=partial(knowledge.picture, found),
            report=report("guide", found.slug, found.title, __version__),
        )

    @router.get("/bugs")
    def bugs(request: Request, q: str = "") -> Response:
        groups = knowledge.kinds_by_category()
        kinds = [kind for group in groups for kind in group.kinds]
        words = q.lower().split()
        shown = {kind.slug for kind in kinds if all(word in knowledge.searchable_kind(kind) for word in words)}
        return site.page(request, "bugs.html", groups=groups, shown=shown, total=len(kinds), asked={"q": q})

    @router.get("/search")
    def find(request: Request, q: str = "") -> Response:
        text = q.strip()[:200]
        found = search.find(text) if text else []
        return site.page(request, "search.html", asked=text, pages=found, addresses=PAGES, kinds=FOUND)

    return router
