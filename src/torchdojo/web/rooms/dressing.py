"""Snapshots as the pages show them: texts that hold Markdown become HTML here, never in the browser."""

from __future__ import annotations

from typing import Any

from torchdojo.app.interview_views import snapshot
from torchdojo.app.interviewing import LiveRoom
from torchdojo.domain.interview import Actor
from torchdojo.web.prose import inline, markdown


def dressed_snapshot(live: LiveRoom, role: Actor) -> dict[str, Any]:
    """Where the interview stands, for a page of that role."""
    state = snapshot(live, role)
    if role is Actor.CANDIDATE:
        state["nudges"] = [str(inline(text)) for text in state["nudges"]]
        state["released"] = [{"what": each["what"], "html": str(markdown(each["text"]))} for each in state["released"]]
    return state
