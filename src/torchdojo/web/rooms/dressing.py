"""Snapshots as the pages show them: texts that hold Markdown become HTML here, never in the browser."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from torchdojo.app.interview_views import snapshot
from torchdojo.app.interviewing import LiveRoom
from torchdojo.app.rehearsing import flow_of, rehearsals, scorecard
from torchdojo.domain.errors import BadInput
from torchdojo.domain.interview import Actor
from torchdojo.domain.looks import Exhibit
from torchdojo.interview.seats import FIRST
from torchdojo.web.looks_view import looks_view
from torchdojo.web.prose import inline, markdown
from torchdojo.web.site import template_environment


def dressed_snapshot(live: LiveRoom, role: Actor, seat: int = FIRST) -> dict[str, Any]:
    """Where the interview stands, for a page of that role and seat."""
    state = snapshot(live, role, seat)
    if role is Actor.CANDIDATE:
        state["nudges"] = [str(inline(text)) for text in state["nudges"]]
        state["released"] = [{"what": each["what"], "html": str(markdown(each["text"]))} for each in state["released"]]
        if live.state.alone:
            state["mock"] = _rehearsal(live)
    elif role is Actor.INTERVIEWER and (joint := live.joint) is not None:
        titles = {band.id: band.title for band in live.script.bands} if live.script else {}
        parts = template_environment().get_template("parts/two_scores.html")
        state["scoring"]["html"] = str(parts.render(joint=joint, bands=titles, seat=seat))
    return state


@lru_cache(maxsize=32)
def drawn_look(exhibits: tuple[Exhibit, ...]) -> str:
    """What an open look shows."""
    return str(template_environment().get_template("parts/exhibits.html").render(views=looks_view(exhibits)))


def _rehearsal(live: LiveRoom) -> dict[str, Any]:
    """What is due to somebody alone, drawn, and in how many seconds the next prompt is."""
    try:
        flow = flow_of(live)
    except BadInput as error:
        return {
            "html": str(template_environment().get_template("parts/mock_gone.html").render(error=error)),
            "due": None,
        }
    ended = live.state.clock.ended
    html = (
        template_environment()
        .get_template("parts/mock_flow.html")
        .render(
            flow=flow,
            state=live.state,
            clock=live.state.clock,
            card=scorecard(live) if ended else None,
            last=rehearsals(live.dojo, like=live.state) if ended else [],
            room=live.id,
            fault=live.fault,
        )
    )
    waits = live.state.clock.running and flow.following is not None
    left = flow.left(live.elapsed)
    return {"html": html, "due": left if waits else None, "left": left, "stage": live.state.stage}
