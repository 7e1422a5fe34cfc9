"""The judge's side of one grading: ask for candidate jobs, talk to them, report progress.

One selector serves every socket, so a candidate that is not being listened to at the moment still gets its frames
read: it cannot block on a full socket, and its clock means what it says.
"""

from __future__ import annotations

import selectors
import socket
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from torchdojo.patience import Deadline
from torchdojo.wire import Channel, Frame, TensorData, WireClosed, WireError, WireTimeout

#: A candidate that sends more than this is cut off: an honest trace is a few megabytes.
MAX_BYTES_PER_JOB = 512 << 20


class CandidateJob:
    """One run of the submission in the sandbox, seen from the judge."""

    def __init__(self, session: Session, name: str, channel: Channel) -> None:
        self.name = name
        self.closed = False
        #: Why the channel was given up, when what arrived was not a frame; "" otherwise.
        self.protocol_error = ""
        #: How the process ended (the sandbox's outcome as JSON data); None while it runs.
        self.ended: Mapping[str, Any] | None = None
        self._session = session
        self._channel = channel
        self._arrived: deque[Frame] = deque()
        self._bytes = 0

    def send(self, header: Mapping[str, Any], tensors: Mapping[str, TensorData] | None = None) -> None:
        """Send a frame to the candidate; one that is gone is noticed when reading, not here."""
        try:
            self._channel.send(header, tensors)
        except WireClosed:
            pass

    def next_frame(self, deadline: Deadline) -> Frame:
        """The candidate's next frame; WireClosed at its end, WireTimeout at `deadline`."""
        while not self._arrived:
            if self.closed:
                raise WireClosed(self.protocol_error or f"the {self.name} job is over")
            self._session.pump(deadline)
        return self._arrived.popleft()

    def frames(self, deadline: Deadline) -> Iterator[Frame]:
        """Every frame until the candidate's end; WireTimeout at `deadline`."""
        while True:
            try:
                yield self.next_frame(deadline)
            except WireClosed:
                return

    def ask(self, header: Mapping[str, Any], tensors: Mapping[str, TensorData] | None, deadline: Deadline) -> Frame:
        """Send a query and return the answer."""
        self.send(header, tensors)
        return self.next_frame(deadline)

    def outcome(self, deadline: Deadline) -> Mapping[str, Any]:
        """How the process ended, waiting for it; WireTimeout at `deadline`."""
        while self.ended is None:
            self._session.pump(deadline)
        return self.ended

    def kill(self) -> None:
        """Stop the candidate now. Harmless when it is over."""
        if self.ended is None:
            self._session.kill(self.name)

    def _read(self) -> None:
        try:
            before = len(self._arrived)
            self._channel.fill()
            while (frame := self._channel.next_buffered()) is not None:
                self._arrived.append(frame)
                self._bytes += sum(len(t.data) for t in frame.tensors.values()) + 1024
            if self._bytes > MAX_BYTES_PER_JOB and len(self._arrived) > before:
                raise WireError("the candidate sent more than any honest run does")
        except WireError as error:
            if not isinstance(error, WireClosed):
                self.protocol_error = str(error)
                self.kill()
            self._close()

    def _close(self) -> None:
        if not self.closed:
            self.closed = True
            self._session.forget(self._channel)
            self._channel.close()


class Session:
    """The control channel to grading, and every candidate job of this grading."""

    def __init__(self, control: Channel) -> None:
        self._control = control
        self._selector = selectors.DefaultSelector()
        self._selector.register(control.fileno(), selectors.EVENT_READ, None)
        self._jobs: dict[str, CandidateJob] = {}

    def start(self, name: str, request: Mapping[str, Any], *, wall_seconds: float | None = None) -> CandidateJob:
        """Start a candidate job; `name` is unique within the grading.

        `request` is the harness's (see torchdojo.harness.script). Its source is the submission unless it carries the
        key "source" (then that text runs instead: how the reference solution is run). `wall_seconds` lowers the
        exercise's own limit. WireClosed when grading is gone.
        """
        self._control.send({"type": "start", "name": name, "request": dict(request), "wall_seconds": wall_seconds})
        return self.take(name)

    def take(self, name: str) -> CandidateJob:
        """The job with this name, which grading has started of itself. WireClosed when grading is gone."""
        if name in self._jobs:
            raise ValueError(f"a job called {name} was started already")
        while not self._control.descriptors:
            self.pump(Deadline(60.0))
        sock = socket.socket(fileno=self._control.descriptors.popleft())
        job = CandidateJob(self, name, Channel(sock))
        self._jobs[name] = job
        self._selector.register(sock.fileno(), selectors.EVENT_READ, job)
        return job

    def kill(self, name: str) -> None:
        """Ask grading to end a job."""
        self._control.send({"type": "kill", "name": name})

    def progress(self, event: Mapping[str, Any]) -> None:
        """Pass something on to whoever watches this grading."""
        self._control.send({"type": "progress", "event": dict(event)})

    def forget(self, channel: Channel) -> None:
        """Stop listening to a candidate's channel."""
        self._selector.unregister(channel.fileno())

    def pump(self, deadline: Deadline) -> None:
        """Wait for something to arrive anywhere and take it in; WireTimeout at `deadline`."""
        left = deadline.left()
        ready = self._selector.select(left)
        if not ready and left <= 0:
            raise WireTimeout("nothing arrived before the deadline")
        for key, _ in ready:
            if key.data is None:
                self._control.fill()
                self._take_control_frames()
            else:
                key.data._read()

    def close(self) -> None:
        """Kill what still runs and close every socket."""
        for job in self._jobs.values():
            if job.ended is None:
                try:
                    self.kill(job.name)
                except WireClosed:
                    break
        for job in self._jobs.values():
            job._close()
        self._selector.close()

    def _take_control_frames(self) -> None:
        while (frame := self._control.next_buffered()) is not None:
            if frame.type == "ended":
                job = self._jobs.get(str(frame.header["name"]))
                if job is not None:
                    job.ended = frame.header["outcome"]
