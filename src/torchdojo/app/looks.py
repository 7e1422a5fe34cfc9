"""Debugging without the script: looks at one recorded run of it, each at a price in minutes; the script comes last."""

from __future__ import annotations

import hashlib
import re
import threading
import zlib
from dataclasses import dataclass, replace

from torchdojo.app.catalogue import find_exercise
from torchdojo.app.compose import Dojo
from torchdojo.app.hiding import is_hidden
from torchdojo.app.ports import EventSink
from torchdojo.app.starters import debugging_starter
from torchdojo.app.torch_presence import require_torch
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.looks import Exhibit, KeptRecording, Look, OpenedLook, Recording, minutes_spent

#: Of a long output the beginning and the end are shown.
_MOST_PRINTED = 20_000

#: A place in a traceback, and the line of the script that follows it with the marks under it.
_QUOTED = re.compile(r'^(?P<place>\s*File "[^"]*", line \d+.*)\n(?:[ \t]{4,}.*\n?){1,2}', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class LookRow:
    """One look: whether it is open, what it cost then or costs now, and, when open, what there is to see."""

    look: Look
    minutes: int
    opened: bool
    exhibits: tuple[Exhibit, ...] = ()


@dataclass(frozen=True, slots=True)
class Looks:
    """All looks at an exercise. `hidden` says that the script still is; `spent` are the minutes so far."""

    rows: tuple[LookRow, ...]
    hidden: bool
    spent: int

    @property
    def opened(self) -> int:
        """How many are open."""
        return sum(row.opened for row in self.rows)

    def row(self, look: Look) -> LookRow:
        """The row of one look."""
        return next(row for row in self.rows if row.look is look)


def hide(dojo: Dojo, exercise_id: str) -> Looks:
    """Hide the script of a debugging exercise behind looks; nothing changes when it is.

    Raises BadInput: nothing to debug, or it was worked on already.
    """
    exercise = _debugging(dojo, exercise_id)
    if dojo.store.hidden_at(exercise.id) is None:
        if dojo.store.draft(exercise.id) is not None or dojo.store.attempts(exercise.id):
            raise BadInput(
                f"You have worked on {exercise.id} already: there is nothing left to hide.",
                "Choose another exercise, or make a fresh drill.",
            )
        dojo.store.hide_script(exercise.id, dojo.clock.now())
    return _state(dojo, exercise)


def looks(dojo: Dojo, exercise_id: str) -> Looks | None:
    """Where the looks at an exercise stand; None when its script never was hidden."""
    exercise = find_exercise(dojo, exercise_id)
    return None if dojo.store.hidden_at(exercise.id) is None else _state(dojo, exercise)


def open_look(
    dojo: Dojo,
    exercise_id: str,
    name: str,
    *,
    on_event: EventSink | None = None,
    cancel: threading.Event | None = None,
) -> Looks:
    """Open a look; its minutes are counted once. The first one has the script run and recorded.

    Raises BadInput (unknown look, a script that is not hidden, no PyTorch), Cancelled, and InternalError; then nothing
    is counted.
    """
    exercise = _debugging(dojo, exercise_id)
    if dojo.store.hidden_at(exercise.id) is None:
        raise BadInput(
            f"The script of {exercise.id} is not hidden.", f"Hide it first: torchdojo look {exercise.id} --hide"
        )
    if name not in list(Look):
        raise BadInput(f"There is no look {name!r}.", f"There are: {', '.join(Look)}.")
    look = Look(name)
    if look is not Look.SCRIPT:
        recording_of(dojo, exercise, on_event=on_event, cancel=cancel)
    dojo.store.open_look(OpenedLook(exercise.id, look, look.minutes, dojo.clock.now()))
    return _state(dojo, exercise)


def _debugging(dojo: Dojo, exercise_id: str) -> Exercise:
    exercise = find_exercise(dojo, exercise_id)
    if exercise.kind is not Kind.DEBUG:
        raise BadInput(f"{exercise.id} has no run to look at.", "Choose a debugging exercise or a drill.")
    return exercise


def _state(dojo: Dojo, exercise: Exercise) -> Looks:
    opened = {each.look: each for each in dojo.store.opened_looks(exercise.id)}
    kept = dojo.store.recording(exercise.id) if opened else None
    rows = tuple(
        LookRow(look, opened[look].minutes, True, kept.recording.of(look) if kept else ())
        if look in opened
        else LookRow(look, look.minutes, False)
        for look in Look
    )
    return Looks(rows, is_hidden(dojo, exercise.id), minutes_spent(opened.values()))


def kept_recording(dojo: Dojo, exercise: Exercise) -> Recording | None:
    """The recording in the store; None when there is none of the exercise's script as it is now."""
    kept = dojo.store.recording(exercise.id)
    return kept.recording if kept is not None and kept.starter == _digest(debugging_starter(exercise)) else None


def recording_of(
    dojo: Dojo, exercise: Exercise, *, on_event: EventSink | None = None, cancel: threading.Event | None = None
) -> Recording:
    """The recording in the store, or a new one, which is kept there; always under the same seed.

    Raises BadInput without PyTorch, Cancelled, and InternalError.
    """
    kept = kept_recording(dojo, exercise)
    if kept is not None:
        return kept
    require_torch()

    def staged(event: object) -> None:
        # What is printed meanwhile is a look of its own.
        if on_event is not None and isinstance(event, dict) and event.get("type") == "stage":
            on_event(event)

    starter = debugging_starter(exercise)
    seed = zlib.crc32(exercise.id.encode()) & 0x7FFF_FFFF
    recorded = dojo.grader.record(exercise, starter, seed=seed, on_event=staged, cancel=cancel)
    recording = _without_script(recorded, starter)
    dojo.store.save_recording(KeptRecording(exercise.id, _digest(starter), recording))
    return recording


def _digest(starter: str) -> str:
    return hashlib.sha256(starter.encode()).hexdigest()


def _without_script(recording: Recording, script: str) -> Recording:
    """Without the lines of the script that a traceback or a warning quotes, and not longer than can be read."""
    lines = {line.strip() for line in script.splitlines()}

    def unquoted(text: str) -> str:
        printed = _QUOTED.sub(r"\g<place>\n", text).splitlines(keepends=True)
        # Warnings quote as well, below a place that is written in another way.
        return "".join(line for line in printed if line[:1] not in (" ", "\t") or line.strip() not in lines)

    printed = (replace(each, text=_shortened(unquoted(each.text))) for each in recording.of(Look.OUTPUT))
    return Recording({**recording.exhibits, Look.OUTPUT: tuple(printed)})


def _shortened(text: str) -> str:
    if len(text) <= _MOST_PRINTED:
        return text
    half = _MOST_PRINTED // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters are left out …\n{text[-half:]}"
