"""Why a submission's process is no longer there, in the terms of a verdict."""

from __future__ import annotations

from torchdojo.domain.report import Verdict
from torchdojo.judge.proxies import Forbidden, Gone, GradingOver, OutOfTime, Tampered
from torchdojo.judge.session import CandidateJob
from torchdojo.patience import Deadline
from torchdojo.wire import WireTimeout

#: How long a finished process may take to be reported as such.
_OUTCOME_SECONDS = 5.0

_STATUS = {
    "memory_limit": (Verdict.MEMORY_LIMIT, "Your code ran out of memory."),
    "output_limit": (Verdict.RUNTIME_ERROR, "Your code printed more than is allowed."),
    "forbidden": (Verdict.FORBIDDEN, "Your code tried something that is not allowed here."),
    "internal_error": (Verdict.INTERNAL_ERROR, "Your code could not be run. This is not your fault."),
}


def ending_of(over: GradingOver, job: CandidateJob, call: str) -> tuple[Verdict, str, str]:
    """Verdict, message, and where in the submission; `call` is the last one made, in words."""
    if isinstance(over, Forbidden):
        who = f"line {over.line} calls it" if over.line else "your code leaves the work to it"
        message = f"{over.name} is what you are asked to write yourself, and {who}."
        return Verdict.FORBIDDEN, message, f"line {over.line}" if over.line else ""
    if isinstance(over, Tampered):
        message = f"Your code reached into the process that runs it ({over}). No answer needs that; take it out."
        return Verdict.FORBIDDEN, message, ""
    if isinstance(over, OutOfTime):
        return _out_of_time(call)
    assert isinstance(over, Gone)
    if over.protocol:
        return Verdict.RUNTIME_ERROR, f"What came from your code's process is no answer: {over}.", ""
    try:
        outcome = job.outcome(Deadline(_OUTCOME_SECONDS))
    except WireTimeout:
        outcome = {}
    detail = str(outcome.get("message", "")).strip()
    status = str(outcome.get("status", ""))
    if status == "time_limit":
        return _out_of_time(call)
    if status in _STATUS:
        verdict, message = _STATUS[status]
        return verdict, f"{message} {detail}".strip(), ""
    return Verdict.RUNTIME_ERROR, f"Your code ended its own process before it answered. {detail}".strip(), ""


def _out_of_time(call: str) -> tuple[Verdict, str, str]:
    during = f"during {call}" if call else "while the file was loaded"
    return Verdict.TIME_LIMIT, f"Your code ran out of time {during}. Look for a loop that never ends.", ""
