"""Review: the card that is due, and where the learner stands with all of them."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from torchdojo.app import card_exchange, review_figures, review_settings, reviewing, study_plan
from torchdojo.app.typed_answers import LONGEST_ANSWER
from torchdojo.domain.card import Rating
from torchdojo.domain.errors import BadInput
from torchdojo.web.card_view import card_view, forecast_view
from torchdojo.web.site import Site

#: Bytes of an import; the gate lets no more through either.
_MOST_BYTES = 1024 * 1024


def routes(site: Site) -> APIRouter:
    """The router over `site`."""
    router = APIRouter(prefix="/review")
    dojo = site.dojo

    @router.get("")
    def review(request: Request, topic: str = "", shown: str = "", typed: str = "", took: int = 0) -> Response:
        desk = reviewing.desk(dojo, topic=topic)
        first = reviewing.showing(dojo, desk)
        # After an answer was typed or a note saved, the back is in sight.
        revealed = first is not None and shown == f"{first.card.id}@{first.place}"
        back_in = reviewing.in_words(desk.next_at - desk.now) if desk.next_at else ""
        return site.page(
            request,
            "review.html",
            desk=desk,
            topic=topic,
            view=None if first is None else card_view(first, revealed=revealed, text=typed if revealed else ""),
            typed=typed,
            took=took if revealed else 0,
            back_in=back_in,
            last=reviewing.last_answer(dojo),
        )

    @router.post("/answers")
    def answer(
        card: Annotated[str, Form()],
        place: Annotated[int, Form()],
        rating: Annotated[int, Form(ge=1, le=4)],
        took: Annotated[int, Form()] = 0,
        topic: Annotated[str, Form()] = "",
    ) -> Response:
        reviewing.answer(dojo, card, place, Rating(rating), took_ms=took)
        return _back(topic)

    @router.post("/typed")
    def typed(
        card: Annotated[str, Form()],
        place: Annotated[int, Form()],
        answer: Annotated[str, Form()] = "",
        took: Annotated[int, Form()] = 0,
        topic: Annotated[str, Form()] = "",
    ) -> Response:
        # Nothing is counted before it is rated, so what was typed lives in the address alone.
        return _back(topic, f"{card}@{place}", typed=answer[: LONGEST_ANSWER + 1], took=str(took))

    @router.post("/undo")
    def undo(topic: Annotated[str, Form()] = "") -> Response:
        reviewing.undo(dojo)
        return _back(topic)

    @router.post("/aside")
    def aside(card: Annotated[str, Form()], topic: Annotated[str, Form()] = "") -> Response:
        reviewing.set_aside(dojo, card)
        return _back(topic)

    @router.post("/bring-back")
    def bring_back(card: Annotated[str, Form()]) -> Response:
        reviewing.set_aside(dojo, card, aside=False)
        return RedirectResponse("/review/cards", status_code=303)

    @router.post("/note")
    def note(
        card: Annotated[str, Form()],
        place: Annotated[int, Form()],
        text: Annotated[str, Form()] = "",
        topic: Annotated[str, Form()] = "",
        typed: Annotated[str, Form()] = "",
        revealed: Annotated[str, Form()] = "yes",
    ) -> Response:
        reviewing.save_note(dojo, card, text)
        return _back(topic, f"{card}@{place}" if revealed else "", typed=typed[: LONGEST_ANSWER + 1])

    @router.get("/cards")
    def cards(request: Request) -> Response:
        desk = reviewing.desk(dojo)
        figures = review_figures.review_figures(dojo, desk)
        plan = study_plan.study_plan(dojo, at=desk)
        return site.page(
            request,
            "cards.html",
            figures=figures,
            forecast=forecast_view(figures.forecast),
            settings=desk.settings,
            plan=plan,
            today=desk.settings.days.day_of(desk.now),
            zones=review_settings.known_zones(),
            wall=desk.now.astimezone(desk.settings.days.zone),
            day_ends=desk.settings.days.end_of(desk.settings.days.day_of(desk.now)).astimezone(desk.settings.days.zone),
        )

    @router.post("/settings")
    def settings(
        new: Annotated[str, Form()],
        reviews: Annotated[str, Form()],
        retention: Annotated[str, Form()],
        hour: Annotated[str, Form()],
        interview: Annotated[str, Form()] = "",
        zone: Annotated[str, Form()] = "",
    ) -> Response:
        percent = review_settings.share_of_percent(retention)
        review_settings.change_review_settings(
            dojo, new=new, reviews=reviews, retention=percent, hour=hour, interview=interview, zone=zone
        )
        return RedirectResponse("/review/cards#settings", status_code=303)

    @router.get("/export.json")
    def export() -> Response:
        text = json.dumps(card_exchange.exported(dojo), ensure_ascii=False, indent=1)
        return _file(text.encode(), "application/json", "torchdojo-review.json")

    @router.get("/export.apkg")
    def export_for_anki() -> Response:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "cards.apkg"
            card_exchange.write_anki(dojo, file)
            return _file(file.read_bytes(), "application/octet-stream", "torchdojo.apkg")

    @router.post("/import")
    def take(file: UploadFile) -> Response:
        data = file.file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise BadInput("The file is larger than 1 MB.", "Import it with `torchdojo review --import FILE`.")
        card_exchange.imported(dojo, data.decode("utf-8", errors="replace"))
        return RedirectResponse("/review/cards", status_code=303)

    return router


def _back(topic: str, shown: str = "", **more: str) -> Response:
    asked = {name: value for name, value in {"topic": topic, "shown": shown, **more}.items() if value}
    return RedirectResponse("/review" + (f"?{urlencode(asked)}" if asked else ""), status_code=303)


def _file(data: bytes, kind: str, name: str) -> Response:
    return Response(data, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
