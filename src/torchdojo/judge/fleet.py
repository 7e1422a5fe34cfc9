"""Runs a grading's jobs: the main run at once, the short ones beside it, no more than two at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from torchdojo.judge.session import Session
from torchdojo.judge.stream import Listener, Stream
from torchdojo.patience import Deadline
from torchdojo.wire import TensorData, WireTimeout, signature

AT_ONCE = 2


#: The run of the submission itself; how it ended is the verdict's concern.
MAIN = "run"

#: How long a job that is over may take to be reported as such.
OUTCOME_SECONDS = 5.0


class OutOfTime(Exception):
    """The grading's own deadline has passed."""


class Ticket:
    """A job that has been asked for; `stream` is there once it has started."""

    def __init__(self, name: str, request: Mapping[str, Any], tensors: Mapping[str, TensorData], seconds: float | None):
        self.name = name
        self.request = request
        self.tensors = tensors
        self.seconds = seconds
        self.keep = False
        self.listener: Listener | None = None
        self.stream: Stream | None = None
        self.cancelled = False

    @property
    def done(self) -> bool:
        """Whether nothing more will come from it."""
        return self.cancelled or (self.stream is not None and self.stream.done)


def _refuse_faults_of_ours(ticket: Ticket) -> None:
    """RuntimeError when a job failed before the submission had a part in it: that must never count as evidence."""
    stream = ticket.stream
    if stream is None or ticket.cancelled or stream.ended is not None or stream.broken or stream.trace.events:
        return
    try:
        outcome = stream.job.outcome(Deadline(OUTCOME_SECONDS))
    except WireTimeout:
        return
    if outcome["status"] == "internal_error":
        raise RuntimeError(f"the {ticket.name} job failed: {outcome['message']}")


class Fleet:
    """The jobs of one grading; from `secret` come the keys that their answers are signed with."""

    def __init__(self, session: Session, deadline: Deadline, secret: int) -> None:
        self._session = session
        self._deadline = deadline
        self._secret = secret
        self._started = 0
        self._waiting: deque[Ticket] = deque()
        self._running: list[Ticket] = []

    def submit(
        self,
        name: str,
        request: Mapping[str, Any],
        tensors: Mapping[str, TensorData] | None = None,
        *,
        seconds: float | None = None,
        keep: bool = False,
        listener: Listener | None = None,
    ) -> Ticket:
        """Ask for a job; it starts as soon as fewer than two others run. `seconds` lowers its wall limit."""
        ticket = Ticket(name, request, tensors or {}, seconds)
        ticket.keep, ticket.listener = keep, listener
        self._waiting.append(ticket)
        self._start_waiting()
        return ticket

    def cancel(self, ticket: Ticket) -> None:
        """Give up a job whose answer is no longer needed."""
        ticket.cancelled = True
        if ticket.stream is not None:
            ticket.stream.job.kill()
        self._running = [t for t in self._running if t is not ticket]

    def run_until(self, finished: Callable[[], bool]) -> None:
        """Serve every job until `finished`; OutOfTime when the grading's deadline comes first."""
        while not finished():
            self._start_waiting()
            moved = [ticket.stream.poll() for ticket in self._running if ticket.stream is not None]
            for ticket in self._running:
                if ticket.done and ticket.name != MAIN:
                    _refuse_faults_of_ours(ticket)
            self._running = [ticket for ticket in self._running if not ticket.done]
            if any(moved):
                continue
            if self._deadline.passed:
                raise OutOfTime
            try:
                self._session.pump(Deadline(0.5))
            except WireTimeout:
                pass

    def wait(self, *tickets: Ticket) -> None:
        """Serve every job until these are done."""
        self.run_until(lambda: all(ticket.done for ticket in tickets))

    def _start_waiting(self) -> None:
        while self._waiting and len(self._running) < AT_ONCE:
            ticket = self._waiting.popleft()
            if ticket.cancelled:
                continue
            job = self._session.start(ticket.name, ticket.request, wall_seconds=ticket.seconds)
            key = signature(str(self._secret), self._started)
            self._started += 1
            ticket.stream = Stream(job, ticket.tensors, key, keep=ticket.keep, listener=ticket.listener)
            self._running.append(ticket)
