"""A job in flight, seen from the process that asked for it."""

from __future__ import annotations

import json
import os
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from torchdojo.patience import Deadline
from torchdojo.sandbox import packets
from torchdojo.sandbox.child import FAILED, OUT_OF_MEMORY, STARTED
from torchdojo.sandbox.job import Job, Limits, Outcome
from torchdojo.sandbox.transcript import Transcript
from torchdojo.sandbox.verdict import End, outcome_of

#: How long a killed job may take to be gone before the process that looks after it is taken for stuck.
_TO_DIE_SECONDS = 10.0
_REPORT_BYTES = 64 * 1024
_CHUNK = 64 * 1024


class Host(Protocol):
    """The zygote a job runs under."""

    def launch(self, name: str, limits: Limits, descriptors: list[int]) -> None: ...
    def kill(self, name: str) -> None: ...
    def destroy(self) -> None: ...
    def finished(self, name: str) -> None: ...


class Refused(Exception):
    """No process could take the job; the message says why."""


class RunningJob:
    """One started job. `done` is set when its outcome is known."""

    def __init__(
        self,
        name: str,
        job: Job,
        channel: socket.socket | None,
        on_output: Callable[[bytes], None] | None,
        find_host: Callable[[], Host],
        start_seconds: float,
    ) -> None:
        self.done = threading.Event()
        self._name = name
        self._limits = job.limits
        self._on_output = on_output
        self._find_host = find_host
        self._start_seconds = start_seconds
        self._outcome: Outcome | None = None
        self._guard = threading.Lock()
        #: Held by whoever reads from the pipes or closes them.
        self._reading = threading.RLock()
        self._stopped = ""
        self._to_die: Deadline | None = None
        self._host: Host | None = None
        self._order = packets.write_order(job.entry, job.request, job.files)
        self._channel = None if channel is None else os.dup(channel.fileno())
        self._transcript = Transcript(job.limits.output_kb * 1024)
        self._pipes: dict[str, int] = {}
        self._reset()
        try:
            self._launch()
            threading.Thread(target=self._look_after, name=f"job-{name}", daemon=True).start()
        except (Refused, RuntimeError) as problem:  # RuntimeError: the system has no more threads for us.
            self._end_there()
            self._finish({"broken": str(problem)})

    def kill(self) -> None:
        """End the job and everything it started; its outcome becomes CANCELLED unless it is over already."""
        self._stop("cancelled")

    def drain(self) -> None:
        """Hand out what the job has printed so far, in this thread."""
        self._take_rest_of("output")

    @property
    def wall_seconds(self) -> float:
        """For how long the job has run, or ran."""
        if self._outcome is not None:
            return self._outcome.wall_seconds
        return 0.0 if self._began is None else time.monotonic() - self._began

    def wait(self, timeout: float | None = None) -> Outcome:
        """The outcome, once the job is over. Raises TimeoutError when `timeout` seconds pass before that."""
        if not self.done.wait(timeout):
            raise TimeoutError(f"the job still runs after {timeout} s")
        assert self._outcome is not None
        return self._outcome

    def _reset(self) -> None:
        self._began: float | None = None
        self._to_end: Deadline | None = None
        self._base = 0
        self._report = b""
        self._status = b""
        self._last_words: dict[str, Any] = {}

    def _launch(self) -> None:
        """Hand the job to a zygote. A zygote that turns out to be dead is replaced once."""
        for last_chance in (False, True):
            host = self._find_host()
            ours: dict[str, int] = {}
            theirs: list[int] = []
            try:
                for kind in ("output", "report", "status"):
                    ours[kind], end = os.pipe()
                    theirs.append(end)
                    os.set_blocking(ours[kind], False)
                channel = [] if self._channel is None else [self._channel]
                host.launch(self._name, self._limits, [self._order.fileno(), *theirs, *channel])
            except OSError as error:
                _close(ours.values())
                host.finished(self._name)
                if last_chance:
                    raise Refused(f"the job could not be handed over: {error}") from error
                continue
            finally:
                _close(theirs)
            self._host, self._pipes, self._to_start = host, ours, Deadline(self._start_seconds)
            if self._stopped:  # Meanwhile, while there was nobody to tell.
                host.kill(self._name)
            return

    def _look_after(self) -> None:
        message: dict[str, Any] | None = None
        try:
            message = self._until_over()
            if message is None and self._began is None and not self._stopped:
                # The zygote died before the job began, so nobody has seen anything of it yet.
                self._put_away()
                self._reset()
                self._launch()
                message = self._until_over()
        except Exception as error:
            message = {"broken": f"{type(error).__name__}: {error}"}
            self._end_there()
        finally:
            self._finish(message)

    def _until_over(self) -> dict[str, Any] | None:
        """Listen until the zygote reports the end; None when it died instead."""
        watch = select.poll()
        names = {descriptor: kind for kind, descriptor in self._pipes.items()}
        for descriptor in names:
            watch.register(descriptor, select.POLLIN)
        while True:
            for descriptor, _ in watch.poll((self._deadline.left() + 0.001) * 1000):
                if not self._listen(names[descriptor]):
                    watch.unregister(descriptor)
                    if names[descriptor] == "status":
                        self._listen_to_the_rest()
                        return self._last_words or None
            if self._last_words.keys() & {"status", "broken"}:
                # Not at the end of the pipe, which others of the zygote's children may hold open by accident.
                self._listen_to_the_rest()
                return self._last_words
            self._keep_deadlines()
            if self._stopped == "lost":
                return {}

    def _listen(self, kind: str) -> bool:
        """Take what a pipe holds; False at its end."""
        with self._reading:
            if kind not in self._pipes:
                return False
            try:
                data = os.read(self._pipes[kind], _CHUNK)
            except BlockingIOError:
                return True
            if kind == "status":
                self._read_status(data)
            elif kind == "report":
                return bool(data) and self._hear(data)
            elif data:
                self._print(data)
            return bool(data)

    def _read_status(self, data: bytes) -> None:
        """The zygote's words: why it ended the job comes first, and how that went after it."""
        *lines, self._status = (self._status + data).split(b"\n")
        for line in lines:
            self._last_words = json.loads(line) | self._last_words

    def _hear(self, data: bytes) -> bool:
        self._report += data
        if self._began is None and self._report.startswith(STARTED) and b"\n" in self._report:
            line, _, self._report = self._report.partition(b"\n")
            self._began = time.monotonic()
            self._to_end = Deadline(self._limits.wall_seconds)
            with suppress(ValueError, KeyError):
                self._base = int(json.loads(line[1:])["base"])
            self._forget_order()
        return len(self._report) <= _REPORT_BYTES

    def _print(self, data: bytes) -> None:
        fresh = self._transcript.add(data)
        if fresh and self._on_output is not None:
            self._on_output(fresh)
        if self._transcript.full:
            self._stop("output")

    def _listen_to_the_rest(self) -> None:
        """What was written before the end is still in the pipes; never wait for more."""
        for kind in ("report", "output"):
            self._take_rest_of(kind)

    def _take_rest_of(self, kind: str) -> None:
        for _ in range(64):
            before = (len(self._report), self._transcript.seen)
            if not self._listen(kind) or before == (len(self._report), self._transcript.seen):
                break

    @property
    def _deadline(self) -> Deadline:
        return self._to_die or self._to_end or self._to_start

    def _keep_deadlines(self) -> None:
        deadline = self._deadline
        if not deadline.passed:
            return
        if deadline is not self._to_end:
            self._stopped = "lost"
            if self._host is not None:
                self._host.destroy()
        else:
            self._stop("wall")

    def _stop(self, reason: str) -> None:
        with self._guard:
            if self._stopped or self.done.is_set():
                return
            self._stopped = reason
            self._to_die = Deadline(_TO_DIE_SECONDS)
        self._end_there()

    def _end_there(self) -> None:
        if self._host is not None:
            self._host.kill(self._name)

    def _finish(self, message: dict[str, Any] | None) -> None:
        now = time.monotonic()
        report = self._report
        end = End(
            message=message,
            stopped=self._stopped,
            started=self._began is not None,
            failure=report[1:].decode("utf-8", "replace") if report.startswith(FAILED) else "",
            out_of_memory=report.startswith(OUT_OF_MEMORY),
            base_bytes=self._base,
            wall_seconds=0.0 if self._began is None else now - self._began,
            output=self._transcript.text(),
        )
        self._put_away()
        self._forget_order()
        with self._guard:
            self._outcome = outcome_of(end, self._limits)
            self.done.set()

    def _put_away(self) -> None:
        with self._reading:
            _close(self._pipes.values())
            self._pipes = {}
        if self._host is not None:
            self._host.finished(self._name)

    def _forget_order(self) -> None:
        """Once begun, the job cannot be started again, so what it would take is let go."""
        self._order.close()
        if self._channel is not None:
            os.close(self._channel)
            self._channel = None


def _close(descriptors: Any) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
