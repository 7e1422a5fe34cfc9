"""From the facts about a job's end to its outcome."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torchdojo.sandbox.job import Limits, Outcome, Status

_MB = 1024 * 1024

#: The kernel samples processor time for its limit and measures it for the sum; on a busy machine these differ.
_NEARLY = 0.75


@dataclass(frozen=True)
class End:
    """All that is known when a job is over.

    `message` is the zygote's word (None: it died). `stopped` is why its owner killed it: "", "cancelled", "wall",
    "output" or "lost". `started` says that the entry was reached, `failure` is the traceback of our own code.
    """

    message: Mapping[str, Any] | None
    stopped: str
    started: bool
    failure: str
    out_of_memory: bool
    base_bytes: int
    wall_seconds: float
    output: bytes


def outcome_of(end: End, limits: Limits) -> Outcome:
    """What to tell the caller."""
    message = end.message or {}
    wait_status = message.get("status")
    exit_code = number = None
    if wait_status is not None:
        if os.WIFSIGNALED(wait_status):
            number = os.WTERMSIG(wait_status)
        else:
            exit_code = os.WEXITSTATUS(wait_status)
    status, text = _status(end, message, exit_code, number, limits)
    return Outcome(
        status=status,
        exit_code=exit_code,
        signal=number,
        wall_seconds=round(end.wall_seconds, 4),
        cpu_seconds=round(message.get("cpu", 0.0), 4),
        peak_mb=round(_peak(message, end), 1),
        output=end.output,
        message=text,
    )


def _status(
    end: End, message: Mapping[str, Any], exit_code: int | None, number: int | None, limits: Limits
) -> tuple[Status, str]:
    killed = message.get("killed", "")
    if end.stopped == "lost":
        return Status.INTERNAL_ERROR, "The job could not be ended in time and was given up."
    if end.stopped == "cancelled":
        return Status.CANCELLED, "Stopped on request."
    if end.stopped == "wall":
        return Status.TIME_LIMIT, f"Stopped after {limits.wall_seconds:g} s, the limit for this run."
    if end.stopped == "output":
        return Status.OUTPUT_LIMIT, f"Stopped after printing {limits.output_kb} KB, the limit for this run."
    if end.failure:
        return Status.INTERNAL_ERROR, end.failure
    if end.message is None:
        return Status.INTERNAL_ERROR, "The process that looks after jobs died while this one ran."
    if "broken" in message:
        return Status.INTERNAL_ERROR, str(message["broken"])
    if end.out_of_memory or killed == "memory":
        return Status.MEMORY_LIMIT, f"Needed more than {limits.memory_mb} MB of memory, the limit for this run."
    if killed == "disk":
        return Status.OUTPUT_LIMIT, f"Wrote more than {limits.disk_mb} MB of files, the limit for this run."
    if killed == "processes":
        return Status.FORBIDDEN, "Ended for starting far more processes or threads than any exercise needs."
    if killed == "time":
        return Status.TIME_LIMIT, f"Stopped after {limits.wall_seconds:g} s, the limit for this run."
    if killed:
        return Status.CANCELLED, "Stopped because the program that asked for it has ended."
    if not end.started:
        return Status.INTERNAL_ERROR, f"The job ended before it began ({_ending(exit_code, number)})."
    if number is not None:
        return _signalled(end, message, number, limits)
    if exit_code:
        return Status.EXITED, f"Left with exit status {exit_code}."
    return Status.OK, ""


def _signalled(end: End, message: Mapping[str, Any], number: int, limits: Limits) -> tuple[Status, str]:
    if number == signal.SIGSYS:
        return Status.FORBIDDEN, "Ended for a system call that no exercise needs (such as tracing or mounting)."
    if number == signal.SIGXCPU or (number == signal.SIGKILL and message.get("cpu", 0) >= _NEARLY * _cpu(limits)):
        return Status.TIME_LIMIT, f"Stopped after {limits.cpu_seconds:g} s of computing, the limit for this run."
    if number == signal.SIGKILL and _peak(message, end) > limits.memory_mb / 2:
        return Status.MEMORY_LIMIT, "Ended by the system, which ran out of memory."
    return Status.SIGNALLED, f"Ended by {_ending(None, number)}."


def _cpu(limits: Limits) -> float:
    return max(1.0, limits.cpu_seconds)


def _peak(message: Mapping[str, Any], end: End) -> float:
    return max(0.0, (message.get("peak", 0) - end.base_bytes) / _MB) if end.started else 0.0


def _ending(exit_code: int | None, number: int | None) -> str:
    if number is None:
        return f"exit status {exit_code}"
    try:
        return f"signal {signal.Signals(number).name}"
    except ValueError:
        return f"signal {number}"
