"""What interviews with the same exercise came to before, each log read once as long as nothing is added to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torchdojo.app.compose import Dojo
from torchdojo.app.interview_logs import readable_log, script_of
from torchdojo.app.invitations import digest
from torchdojo.domain.errors import StoreError
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Happening
from torchdojo.domain.room import Room
from torchdojo.interview.fields import text
from torchdojo.interview.joint import decided
from torchdojo.interview.rules import RULES
from torchdojo.interview.scorecard import Scorecard
from torchdojo.interview.story import story_of

#: Earlier sessions that medians are made of, the latest of them.
_MOST_PAST = 50


@dataclass(frozen=True, slots=True)
class _Session:
    """What one came to; `card` is None when it does not count: changed, not ended, not rated in full."""

    card: Scorecard | None
    seconds: float


#: By place of the store, room, last seal, digest of the content, version of the rules: as long as these stay, so does
#: what follows from them. It is only to save time, and is dropped when it grows.
_KNOWN: dict[tuple[str, str, str, str, int], _Session] = {}
_MOST_KNOWN = 500


def past_sessions(dojo: Dojo, room: str, slug: str, exercise: Exercise | None) -> list[tuple[Scorecard, float]]:
    """Scorecards, and seconds, of what was held before with the same exercise, or script where there is none."""
    this = dojo.store.room(room)
    assert this is not None
    earlier = [other for other in dojo.store.rooms() if other.created_at < this.created_at and other.id != room]
    sought = exercise.id if exercise else slug
    found: list[tuple[Scorecard, float]] = []
    for other in earlier[: 4 * _MOST_PAST]:
        # A log is long, and most are about something else.
        made = _first(dojo, other, Happening.CREATED)
        if made is None or _first(dojo, other, Happening.ENDED) is None:
            continue
        script = text(made, "interview")
        if (text(made, "exercise") or script) != sought:
            continue
        session = _session(dojo, other, script, exercise)
        if session.card is not None:
            found.append((session.card, session.seconds))
        if len(found) == _MOST_PAST:
            break
    return found


def _first(dojo: Dojo, room: Room, kind: Happening) -> Mapping[str, Any] | None:
    """The data of the first event of that kind; None without one, and when it cannot be read."""
    try:
        found = dojo.store.room_data(room.id, kind)
    except StoreError:
        return None
    return found[0][1] if found else None


def _session(dojo: Dojo, room: Room, script: str, exercise: Exercise | None) -> _Session:
    interview = script_of(dojo, script)
    if interview is None:
        return _Session(None, 0.0)
    key = (dojo.store.place, room.id, room.last_seal, digest(interview, exercise), RULES.version)
    known = _KNOWN.get(key)
    if known is not None:
        return known
    events, fault = readable_log(dojo, room.id)
    story = story_of(events, 0.0)
    card = decided(interview, exercise, events) if story.ended and not fault else None
    session = _Session(card if card is not None and card.complete else None, story.elapsed)
    if len(_KNOWN) >= _MOST_KNOWN:
        _KNOWN.clear()
    _KNOWN[key] = session
    return session
