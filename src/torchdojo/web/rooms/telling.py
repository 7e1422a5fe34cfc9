"""What a page is told of a room: each event as a message, and what somebody who comes late has missed."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from torchdojo.app.interviewing import LiveRoom
from torchdojo.app.room_looks import exhibits_of
from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.domain.looks import Look
from torchdojo.interview.state import Looked, state_of
from torchdojo.interview.visibility import seen_by
from torchdojo.web.rooms import messages
from torchdojo.web.rooms.dressing import drawn_look

_QUIET = frozenset({Happening.EDIT, Happening.CURVE})


def is_loud(event: Event) -> bool:
    """Whether it changes what stands on the page beside the text, the output and the curves."""
    return event.kind not in _QUIET and not (event.kind is Happening.OUTPUT and not event.data.get("ended"))


def refused(fact: str, cure: str, number: object = None) -> bytes:
    """Why what somebody asked for is not done; `number` is that of what they sent."""
    return messages.ours({"type": "refused", "fact": fact, "cure": cure, "id": number})


def looking(look: Look | None) -> bytes:
    """Which look is being opened just now."""
    return messages.ours({"type": "looking", "look": None if look is None else str(look)})


def of_event(event: Event) -> bytes | None:
    """How an event that a page shows as it comes is sent; None for the rest, which is in the state."""
    if event.kind is Happening.EDIT:
        return messages.sync(messages.UPDATE, base64.b64decode(event.data["update"]))
    if event.kind in (Happening.OUTPUT, Happening.CURVE):
        return messages.ours({"type": str(event.kind), **event.data})
    if event.kind is Happening.LOOK:
        return messages.ours(_seen_look(state_of([event]).looks[0]))
    return None


def missed(live: LiveRoom, role: Actor) -> list[dict[str, Any]]:
    """What somebody who comes late has missed: the last run, and the looks that are open to everybody in the room."""
    return [*_last_run(live, role), *(_seen_look(opened) for opened in live.candidate_state.looks)]


def _last_run(live: LiveRoom, role: Actor) -> Iterable[dict[str, Any]]:
    if not live.state.runs:
        return
    yield {"type": "again", "run": live.state.runs[-1].number}
    for event in live.shown:
        seen = seen_by(role, event)
        if seen is not None:
            yield {"type": str(event.kind), **seen.data}


def _seen_look(opened: Looked) -> dict[str, Any]:
    return {"type": "look", "look": opened.look, "html": drawn_look(exhibits_of(opened))}
