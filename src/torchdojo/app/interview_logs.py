"""Read the log of an interview, and find the content that it is about, as far as both are still there."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from torchdojo.app.compose import Dojo
from torchdojo.domain.errors import BadContent, BadInput, StoreError
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Event, Happening, Interview
from torchdojo.interview.fields import text
from torchdojo.interview.log import verify_chain


def read_log(dojo: Dojo, room: str) -> tuple[Sequence[Event], str]:
    """The log of a room, and how it was changed, "" when it was not. Raises BadInput: no such room, not readable."""
    found = dojo.store.room(room)
    if found is None:
        raise BadInput(f"There is no room {room!r}.", "torchdojo interview rooms lists them.")
    try:
        events = dojo.store.room_events(room)
        if any(not math.isfinite(event.elapsed) for event in events):
            raise ValueError("a time in it is none")
        broken = verify_chain(events, last_seal=found.last_seal)
    except (StoreError, ValueError, TypeError, OverflowError, RecursionError) as error:
        fact = error.fact if isinstance(error, StoreError) else f"{error}."
        raise BadInput(
            f"The log of interview {room} was changed after it was written, and cannot be read: {fact}",
            "Take a backup of the database; what is there was left as it is.",
        ) from error
    return events, "" if broken is None else broken.reason


def readable_log(dojo: Dojo, room: str) -> tuple[Sequence[Event], str]:
    """The same, and an empty log in place of one that cannot be read: others beside it still can."""
    try:
        return read_log(dojo, room)
    except BadInput as error:
        return (), error.fact


def about(events: Iterable[Event]) -> tuple[str, str]:
    """The script and the exercise that the room was made for."""
    for event in events:
        if event.kind is Happening.CREATED:
            return text(event.data, "interview"), text(event.data, "exercise")
    return "", ""


def script_of(dojo: Dojo, slug: str) -> Interview | None:
    """The script of that name; None when it is gone or broken."""
    try:
        return dojo.library.interview(slug)
    except BadContent:
        return None


def content_of(dojo: Dojo, exercise_id: str) -> Exercise | None:
    """The exercise of that name; None when there is none, or it is gone or broken."""
    try:
        return dojo.library.find(exercise_id) if exercise_id else None
    except BadContent:
        return None
