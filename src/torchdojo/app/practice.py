"""Work on one exercise: starter, draft, grading, attempts."""

from __future__ import annotations

import difflib
import threading
from pathlib import Path

from torchdojo.app.catalogue import find_exercise, find_scripted
from torchdojo.app.compose import Dojo
from torchdojo.app.hiding import is_hidden, refuse_hidden
from torchdojo.app.own_file import without_grading
from torchdojo.app.places import with_places
from torchdojo.app.ports import EventSink
from torchdojo.app.remarks import remarks as remarks_on
from torchdojo.app.starters import debugging_starter
from torchdojo.app.syntax import syntax_fault, unread_report
from torchdojo.app.torch_presence import require_torch
from torchdojo.domain.attempt import Attempt, Draft
from torchdojo.domain.errors import BadInput, StoreError
from torchdojo.domain.exercise import Kind
from torchdojo.domain.report import Report, Verdict

#: A submission is one script; anything larger is not one.
MAX_BYTES = 1_000_000

#: The number of an attempt that was not kept, because nothing was judged.
NOT_KEPT = 0


def starter(dojo: Dojo, exercise_id: str) -> str:
    """The script the learner is given. Raises BadInput for an unknown exercise, and while the script is hidden."""
    exercise = find_scripted(dojo, exercise_id)
    refuse_hidden(dojo, exercise.id)
    return exercise.starter if exercise.kind is Kind.IMPLEMENT else debugging_starter(exercise)


def draft(dojo: Dojo, exercise_id: str) -> Draft | None:
    """The text in the editor, if anything was typed since the last reset."""
    return dojo.store.draft(find_scripted(dojo, exercise_id).id)


def save_draft(dojo: Dojo, exercise_id: str, source: str) -> Draft:
    """Keep the text as it is typed, empty text included.

    Raises BadInput when it is too large for a script, and while the script is hidden.
    """
    exercise = find_scripted(dojo, exercise_id)
    refuse_hidden(dojo, exercise.id)
    if len(_encoded(source)) > MAX_BYTES:
        raise BadInput("The text is larger than 1 MB.", "Remove what does not belong to the script.")
    saved = Draft(exercise.id, source, dojo.clock.now())
    dojo.store.save_draft(saved)
    return saved


def discard_draft(dojo: Dojo, exercise_id: str) -> None:
    """Back to the starter. The text is set aside, not lost: see `discarded_drafts`."""
    dojo.store.discard_draft(find_scripted(dojo, exercise_id).id, dojo.clock.now())


def discarded_drafts(dojo: Dojo, exercise_id: str) -> list[Draft]:
    """Texts that were set aside, the latest first; none while the script is hidden."""
    exercise = find_scripted(dojo, exercise_id)
    return [] if is_hidden(dojo, exercise.id) else dojo.store.discarded_drafts(exercise.id)


def read_submission(path: Path) -> str:
    """The script in that file. Raises BadInput: missing, a folder, empty, binary, not UTF-8, larger than 1 MB."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.", "`torchdojo start ID` writes one to work on.") from None
    except IsADirectoryError:
        raise BadInput(f"{path} is a folder.", "Name the Python file in it.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Check its name and your rights to it.") from None
    return submission_text(data, str(path))


def submission_text(data: bytes, name: str) -> str:
    """The script in `data`, which came from `name`. Raises BadInput: empty, binary, not UTF-8, larger than 1 MB."""
    if len(data) > MAX_BYTES:
        raise BadInput(f"{name} is larger than 1 MB.", "A submission is one script; check that it is the right file.")
    if b"\0" in data:
        raise BadInput(f"{name} is a binary file.", "Name the Python script itself.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadInput(f"{name} is not UTF-8 text: line {line} cannot be read.", "Save it as UTF-8.") from None
    if not text.strip():
        raise BadInput(f"{name} is empty.", "Save your script to it first.")
    return text


def grade(
    dojo: Dojo,
    exercise_id: str,
    source: str,
    *,
    origin: str,
    seed: int | None = None,
    on_event: EventSink | None = None,
    cancel: threading.Event | None = None,
) -> Attempt:
    """Judge `source`; keep the attempt, unless nothing was judged (its number is then 0).

    Not judged means: we broke (`internal_error`), or Python cannot read the script (the check "parses" failed).
    Raises BadInput (unknown exercise, hidden script, empty text, no PyTorch), Cancelled, and StoreError, which is found
    out before the run rather than after it.
    """
    exercise = find_scripted(dojo, exercise_id)
    refuse_hidden(dojo, exercise.id)
    if not source.strip():
        raise BadInput("There is nothing to judge: the text is empty.", "Write a script, or reset to the starter.")
    if len(_encoded(source)) > MAX_BYTES:
        raise BadInput("The text is larger than 1 MB.", "Remove what does not belong to the script.")
    began = dojo.clock.now()
    fault = syntax_fault(source, exercise.filename)
    if fault is not None:
        return Attempt(NOT_KEPT, exercise.id, source, began, unread_report(exercise, fault), origin)
    require_torch()
    dojo.store.hints_opened(exercise.id)
    report = dojo.grader.grade(exercise, source, seed=seed, on_event=on_event, cancel=cancel)
    if report.verdict is Verdict.INTERNAL_ERROR:
        return Attempt(NOT_KEPT, exercise.id, source, began, report, origin)
    report = with_places(report, source)
    try:
        return dojo.store.add_attempt(
            exercise=exercise.id, source=source, submitted_at=began, report=report, origin=origin
        )
    except StoreError as error:
        raise StoreError(f"{_told(report)} could not be kept. {error.fact}", error.cure) from error


def remarks(dojo: Dojo, exercise_id: str, source: str) -> list[str]:
    """What is worth telling about a submission before it runs; never part of the verdict."""
    return remarks_on(find_scripted(dojo, exercise_id), source)


def attempts(dojo: Dojo, exercise_id: str) -> list[Attempt]:
    """All attempts at an exercise, oldest first."""
    return dojo.store.attempts(find_exercise(dojo, exercise_id).id)


def attempt(dojo: Dojo, number: int) -> Attempt:
    """One attempt. Raises BadInput when there is none of that number."""
    # Beyond this SQLite has no integers.
    found = dojo.store.attempt(number) if 0 < number < 1 << 63 else None
    if found is None:
        raise BadInput(f"There is no attempt {number}.", "The exercise's page lists its attempts.")
    return found


def diff_to_starter(dojo: Dojo, attempt: Attempt) -> str:
    """What was changed since the starter, as a unified diff; empty when nothing was."""
    lines = difflib.unified_diff(
        starter(dojo, attempt.exercise).splitlines(),
        without_grading(attempt.source).splitlines(),
        fromfile="starter",
        tofile=f"attempt {attempt.id}",
        lineterm="",
    )
    return "".join(f"{line}\n" for line in lines)


def _encoded(source: str) -> bytes:
    try:
        return source.encode()
    except UnicodeEncodeError:
        raise BadInput(
            "The text holds half a character (a lone surrogate), which no file can hold.", "Remove it and try again."
        ) from None


def _told(report: Report) -> str:
    return f"The verdict ({report.verdict}, {report.score:.0%}) was reached and"
