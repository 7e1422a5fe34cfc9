"""Where a judge process begins: one grading and one report, one recording, or some questions, then it ends."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any, Protocol

from torchdojo.domain.exercise import Kind
from torchdojo.domain.report import Report, Verdict
from torchdojo.judge.checks.faults import ContentFault
from torchdojo.judge.computing import ask
from torchdojo.judge.debug import judge_debug
from torchdojo.judge.implement import judge_implement
from torchdojo.judge.looking import record
from torchdojo.judge.session import Session
from torchdojo.library import load_exercise
from torchdojo.wire import Channel


class Context(Protocol):
    """What the fork server hands to a job."""

    request: dict[str, Any]
    channel: Any
    workdir: Path


def run(context: Context) -> int:
    """Grade one submission: read the exercise, drive the candidate jobs, send the report. Or only record one run."""
    control = Channel(context.channel, accept_descriptors=True)
    if "asked" in context.request:
        return _ask(control, context.request)
    session = Session(control)
    if context.request.get("record"):
        return _record(session, control, context.request)
    try:
        report = _judge(session, context.request)
    except Exception:
        # Whatever went wrong here is ours: it must reach the person as "we broke", with what we need to mend it.
        report = Report(
            exercise=str(context.request.get("exercise", "")),
            kind=str(context.request.get("kind", "debug")),
            verdict=Verdict.INTERNAL_ERROR,
            score=0.0,
            message=f"The judge failed. This is not your fault and counts for nothing.\n{traceback.format_exc()}",
        )
    control.send({"type": "report", "report": report.to_json()})
    session.close()
    return 0


def _record(session: Session, control: Channel, request: dict[str, Any]) -> int:
    # A failure of ours ends this process without an answer, and its last words say why.
    control.send({"type": "recording", "recording": record(session, request).to_json()})
    session.close()
    return 0


def _ask(control: Channel, request: dict[str, Any]) -> int:
    try:
        for questions in ask(Path(request["folder"]), [(seed, level) for seed, level in request["asked"]]):
            control.send({"type": "questions", "questions": questions})
    except ContentFault as fault:
        control.send({"type": "questions", "questions": [{"fault": str(fault)}]})
    return 0


def _judge(session: Session, request: dict[str, Any]) -> Report:
    folder = Path(request["folder"])
    if request["kind"] == Kind.DEBUG:
        return judge_debug(session, lambda: load_exercise(folder), request)
    if request["kind"] == Kind.IMPLEMENT:
        return judge_implement(session, folder, request)
    raise NotImplementedError(f"no judge for {request['kind']} exercises")
