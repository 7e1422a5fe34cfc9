"""Questions of a computation family, made by its generate.py in a judge process."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from torchdojo.domain.computation import Question
from torchdojo.domain.errors import BadContent, Cancelled, InternalError
from torchdojo.patience import Deadline
from torchdojo.sandbox import ForkServer, Job, Limits, RunningJob
from torchdojo.wire import Channel, WireError, WireTimeout

_ENTRY = "torchdojo.judge.main:run"
_TICK_SECONDS = 0.1

#: A question takes milliseconds; this is for a family that never ends.
_FOR_ONE_SECONDS = 1.0
_FOR_STARTING_SECONDS = 60.0


def ask_judge(
    judges: ForkServer, folder: Path, asked: Sequence[tuple[int, int]], cancel: threading.Event | None
) -> list[Question]:
    """The questions under these (seed, level) pairs.

    Raises BadContent when generate.py fails, InternalError when we broke, Cancelled.
    """
    ours, theirs = socket.socketpair()
    control = Channel(ours)
    wall = _FOR_STARTING_SECONDS + _FOR_ONE_SECONDS * len(asked)
    job = Job(
        entry=_ENTRY,
        request={"folder": str(folder), "asked": [list(pair) for pair in asked]},
        files={},
        limits=Limits(wall, wall, memory_mb=8192, output_kb=256),
    )
    judge = judges.start(job, channel=theirs)
    theirs.close()
    questions: list[Question] = []
    try:
        while len(questions) < len(asked):
            questions += _received(control, folder, Deadline(wall), cancel)
    except WireError as error:
        raise _broken(judge, error) from error
    finally:
        judge.kill()
        control.close()
    return questions


def _received(control: Channel, folder: Path, deadline: Deadline, cancel: threading.Event | None) -> list[Question]:
    while True:
        if cancel is not None and cancel.is_set():
            raise Cancelled("The run was stopped.", "Nothing was counted; run it again when you like.")
        try:
            frame = control.receive(time.monotonic() + min(deadline.left(), _TICK_SECONDS))
        except WireTimeout:
            if deadline.passed:
                raise
            continue
        if frame.type != "questions":
            raise WireError(f"the judge said {frame.type!r}")
        for question in frame.header["questions"]:
            if "fault" in question:
                raise BadContent(f"{folder / 'generate.py'} made no question ({question['fault']}).", "Mend the file.")
        return [Question.from_json(question) for question in frame.header["questions"]]


def _broken(judge: RunningJob, error: WireError) -> InternalError:
    judge.kill()
    outcome = judge.wait()
    return InternalError(
        f"No question could be made ({error}; {outcome.status}).",
        "This is not your fault and counts for nothing; try again, and report it if it happens again.",
    )
