"""Who may be sent what. Everything that is not named here stays with the interviewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from torchdojo.domain.interview import OPEN_TO_CANDIDATES, Actor, Event, Happening

#: What of an event's data a candidate is sent. A kind without an entry comes with no data at all. The id of a nudge
#: may name a bug, so that a nudge is its text and nothing else.
_OPEN_KEYS: Mapping[Happening, frozenset[str]] = MappingProxyType(
    {
        Happening.JOINED: frozenset({"name"}),
        Happening.LEFT: frozenset({"name"}),
        Happening.STARTED: frozenset({"minutes"}),
        Happening.EXTENDED: frozenset({"minutes"}),
        Happening.LOOK: frozenset({"look", "minutes", "exhibits"}),
        Happening.EDIT: frozenset({"update"}),
        Happening.OUTPUT: frozenset({"run", "text", "ended"}),
        Happening.CURVE: frozenset({"run", "name", "x", "y"}),
        Happening.NUDGE: frozenset({"text", "shown"}),
        Happening.RELEASED: frozenset({"what", "text"}),
        Happening.SCRATCH: frozenset({"text"}),
    }
)


def seen_by(role: Actor, event: Event) -> Event | None:
    """What somebody with that role may be sent of `event`; None for nothing.

    The seal is left out with the data: it would confirm a guess of what else the event says.
    """
    if role in (Actor.INTERVIEWER, Actor.OBSERVER):
        return event
    if role is not Actor.CANDIDATE or not _is_open(event):
        return None
    keys = _OPEN_KEYS.get(event.kind, frozenset())
    return replace(event, data={key: value for key, value in event.data.items() if key in keys}, seal="")


def _is_open(event: Event) -> bool:
    if event.kind is Happening.NUDGE:
        # An interviewer may also say it, and then the page need not.
        return event.data.get("shown") is True
    if event.kind is Happening.RELEASED:
        return True
    if event.kind is Happening.SCRATCH:
        return event.actor is Actor.CANDIDATE
    return event.kind in OPEN_TO_CANDIDATES
