"""A block of a text in the sandbox: it runs as submissions do, and nothing about it is judged."""

from __future__ import annotations

import codecs
import threading
from collections.abc import Callable, Mapping
from typing import Any

from torchdojo.domain.blocks import BlockRun
from torchdojo.domain.errors import Cancelled, InternalError
from torchdojo.sandbox import ForkServer, Job, Limits, Status

_ENTRY = "torchdojo.harness.block:run"
_TICK_SECONDS = 0.1

#: A block of a text is over in a second or two; a variation may take somewhat longer.
LIMITS = Limits(30.0, 30.0, memory_mb=2048, output_kb=64)


def run_in_sandbox(
    candidates: ForkServer,
    source: str,
    on_event: Callable[[Mapping[str, Any]], None] | None,
    cancel: threading.Event | None,
) -> BlockRun:
    """Run `source` to its end or to a limit. Raises Cancelled, and InternalError when we broke."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def sink(data: bytes) -> None:
        if on_event is not None and (text := decoder.decode(data)):
            on_event({"type": "output", "text": text})

    job = candidates.start(Job(entry=_ENTRY, request={"source": source}, files={}, limits=LIMITS), on_output=sink)
    while not job.done.wait(_TICK_SECONDS):
        if cancel is not None and cancel.is_set():
            job.kill()
            job.wait()
            raise Cancelled("The run was stopped.", "Run it again when you like.")
    outcome = job.wait()
    if outcome.status is Status.INTERNAL_ERROR:
        raise InternalError(
            "The block could not be run.", "This is not your fault; try again, and report it if it happens again."
        )
    printed = outcome.output.decode("utf-8", "replace")
    finished = outcome.status is Status.OK
    raised = outcome.status is Status.EXITED
    return BlockRun(printed, finished, "" if finished or raised else outcome.message, outcome.wall_seconds)
