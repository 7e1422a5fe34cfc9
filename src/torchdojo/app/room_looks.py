"""Looks in a room: the exercise's script is hidden behind a recorded run of it, for everybody to see piece by piece."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from torchdojo.app.compose import Dojo
from torchdojo.app.interviewing import LiveRoom, Step
from torchdojo.app.looks import kept_recording, recording_of
from torchdojo.app.starters import debugging_starter
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Actor, Event, Happening
from torchdojo.domain.looks import Exhibit, Look
from torchdojo.interview.state import Looked


@dataclass(frozen=True, slots=True)
class AskedLook:
    """A look that may be opened: who wants it, and at what."""

    look: Look
    role: Actor
    exercise: Exercise


def ask_look(room: LiveRoom, role: Actor, name: object) -> AskedLook:
    """What is to be opened. Raises BadInput: no such look, open already, not the time for it, a role that reads."""
    state = room.state
    if role not in (Actor.CANDIDATE, Actor.INTERVIEWER):
        raise BadInput("Observers read along; they open nothing.")
    if not state.begins_with_looks:
        raise BadInput("There are no looks in this interview.", "The text is there from the beginning.")
    if not state.clock.started:
        raise BadInput("The interview has not started.", "Looks can be opened once the clock runs.")
    if state.clock.ended:
        raise BadInput("The interview has ended already.", "What was opened can still be read.")
    look = next((look for look in Look if look == name), None)
    if look is None:
        raise BadInput("There is no such look.", f"There are: {', '.join(Look)}.")
    if any(opened.look == look for opened in state.looks):
        raise BadInput(f"{look.heading} is open already.", "It costs nothing to look again.")
    exercise = room.exercise
    if exercise is None:
        raise BadInput(
            f"The exercise {state.exercise!r} is gone or broken, so there is nothing to look at.",
            "What was opened is safe; put its folder back to open more.",
        )
    return AskedLook(look, role, exercise)


def at_hand(dojo: Dojo, asked: AskedLook) -> tuple[Exhibit, ...] | None:
    """What there is to see, when the script need not be run for it; None when it does."""
    if asked.look is Look.SCRIPT:
        return ()
    kept = kept_recording(dojo, asked.exercise)
    return None if kept is None else kept.of(asked.look)


def look_up(dojo: Dojo, asked: AskedLook, *, cancel: threading.Event | None = None) -> tuple[Exhibit, ...]:
    """What there is to see. The first look of all has the script run and recorded, which takes seconds.

    Raises BadInput without PyTorch, Cancelled, and InternalError.
    """
    if asked.look is Look.SCRIPT:
        return ()
    return recording_of(dojo, asked.exercise, cancel=cancel).of(asked.look)


def open_look(room: LiveRoom, asked: AskedLook, exhibits: Sequence[Exhibit]) -> list[Event]:
    """Write down that it is open. The look at the script brings the text that everybody edits from then on.

    Raises BadInput when it may not be opened any more.
    """
    ask_look(room, asked.role, asked.look)
    look = asked.look
    data = {"look": str(look), "minutes": look.minutes, "exhibits": [exhibit.to_json() for exhibit in exhibits]}
    step: Step = (asked.role, Happening.LOOK, data)
    if look is Look.SCRIPT:
        return room.append_with_text(debugging_starter(asked.exercise), step)
    return room.append(step)


def exhibits_of(opened: Looked) -> tuple[Exhibit, ...]:
    """What an open look shows; what cannot be read, in a log that was changed, is left out."""
    shown = []
    for data in opened.exhibits:
        try:
            shown.append(Exhibit.from_json(data))
        except (KeyError, TypeError, AttributeError):
            continue
    return tuple(shown)
