"""One grading in flight: the judge on one side, candidate jobs on the other, one deadline over all."""

from __future__ import annotations

import codecs
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from torchdojo.domain.errors import Cancelled, InternalError
from torchdojo.domain.exercise import Exercise, Kind, RunLimits
from torchdojo.domain.looks import Look, Recording
from torchdojo.domain.report import Report, Verdict
from torchdojo.patience import Deadline
from torchdojo.sandbox import ForkServer, Job, Limits, Outcome, RunningJob
from torchdojo.wire import Channel, Frame, WireClosed, WireError, WireTimeout

CANDIDATE_ENTRIES = {
    Kind.DEBUG: "torchdojo.harness.script:run",
    Kind.IMPLEMENT: "torchdojo.harness.serving:run",
}
JUDGE_ENTRY = "torchdojo.judge.main:run"

Answer = TypeVar("Answer")

#: The job whose output the person sees: the full run of their script.
MAIN_JOB = "run"

#: Beyond the exercise's own wall limit: device, value and transplant jobs, and the judge's arithmetic.
GRACE_SECONDS = 60.0

#: How often a waiting grading looks at `cancel` and at its deadline.
TICK_SECONDS = 0.1


class GradingRun:
    """Drives one grading to its report."""

    def __init__(
        self,
        exercise: Exercise,
        source: str,
        *,
        seed: int,
        candidates: ForkServer,
        judges: ForkServer,
        on_event: Callable[[Mapping[str, Any]], None] | None,
        cancel: threading.Event | None,
        facts: Mapping[str, float] | None,
    ) -> None:
        self.seed = seed
        self.main_seconds = 0.0
        self._exercise = exercise
        self._source = source
        self._facts = facts
        self._candidates = candidates
        self._judges = judges
        self._on_event = on_event or (lambda event: None)
        self._cancel = cancel or threading.Event()
        self._jobs: dict[str, RunningJob] = {}
        self._sending = threading.Lock()
        self._printed: list[str] = []

    def finish(self) -> Report:
        """Run it all; returns the judge's report or one that says how we broke. Raises Cancelled."""
        return self._conduct({}, lambda frame: Report.from_json(frame.header["report"]), self._broken)

    def record(self) -> Recording:
        """Only run and record it, and judge nothing. Raises Cancelled, and InternalError when we broke."""
        return self._conduct({"record": True}, self._recording, _not_recorded)

    def _conduct(
        self,
        asked: Mapping[str, Any],
        read: Callable[[Frame], Answer],
        broken: Callable[[RunningJob, WireError], Answer],
    ) -> Answer:
        ours, theirs = socket.socketpair()
        control = Channel(ours)
        wall = self._exercise.limits.wall_seconds + GRACE_SECONDS
        judge = self._judges.start(
            Job(
                entry=JUDGE_ENTRY,
                request={
                    "folder": str(self._exercise.folder),
                    "exercise": self._exercise.id,
                    "kind": str(self._exercise.kind),
                    "filename": self._exercise.filename,
                    "forbid": list(self._exercise.forbid),
                    "wall_seconds": self._exercise.limits.wall_seconds,
                    "names": list(self._exercise.names),
                    "processes": self._exercise.limits.processes,
                    "until_failure": self._exercise.limits.until_failure,
                    "facts": None if self._facts is None else dict(self._facts),
                    "seed": self.seed,
                    "bugs": [[bug.id, bug.kind] for bug in self._exercise.bugs],
                    "secret_seed": int.from_bytes(os.urandom(6), "little"),
                    **asked,
                },
                files={},
                limits=Limits(wall, wall, memory_mb=8192, output_kb=256),
            ),
            channel=theirs,
        )
        theirs.close()
        try:
            if self._exercise.kind is Kind.IMPLEMENT:
                self._start_candidate(control, {"name": MAIN_JOB, "request": self._served()})
            frame = self._serve(control, Deadline(wall))
        except WireError as error:
            return broken(judge, error)
        finally:
            judge.kill()
            for job in self._jobs.values():
                job.kill()
                job.drain()
            if (main := self._jobs.get(MAIN_JOB)) is not None:
                self.main_seconds = main.wall_seconds
            # A killed process takes milliseconds to be gone, and nobody has to wait for that.
            control.close()
        return read(frame)

    def _serve(self, control: Channel, deadline: Deadline) -> Frame:
        """Do what the judge asks until it gives its answer."""
        while True:
            frame = self._next_frame(control, deadline)
            match frame.type:
                case "start":
                    self._start_candidate(control, frame.header)
                case "kill":
                    if (job := self._jobs.get(frame.header["name"])) is not None:
                        job.kill()
                case "progress":
                    self._on_event(frame.header["event"])
                case "report" | "recording":
                    return frame
                case other:
                    raise WireError(f"the judge said {other!r}")

    def _next_frame(self, control: Channel, deadline: Deadline) -> Frame:
        while True:
            if self._cancel.is_set():
                raise Cancelled("The run was stopped.", "Nothing was counted; run it again when you like.")
            try:
                return control.receive(time.monotonic() + min(deadline.left(), TICK_SECONDS))
            except WireTimeout:
                if deadline.passed:
                    raise

    def _served(self) -> dict[str, Any]:
        """What the submission's process of an implement exercise needs to know."""
        support = self._exercise.folder / "support.py"
        return {
            "filename": self._exercise.filename,
            "forbid": list(self._exercise.forbid),
            "support": support.read_text(encoding="utf-8") if support.exists() else None,
        }

    def _start_candidate(self, control: Channel, header: Mapping[str, Any]) -> None:
        name = str(header["name"])
        request = dict(header["request"])
        source = request.pop("source", self._source)
        ours, theirs = socket.socketpair()
        with ours, theirs:
            job = self._candidates.start(
                Job(
                    entry=CANDIDATE_ENTRIES[self._exercise.kind],
                    request=request,
                    files={str(request["filename"]): source.encode()},
                    limits=self._limits(header.get("wall_seconds")),
                ),
                channel=theirs,
                on_output=self._output_sink() if name == MAIN_JOB else None,
            )
            self._jobs[name] = job
            self._tell(control, {"type": "started", "name": name}, [ours.fileno()])
        threading.Thread(target=self._watch, args=(control, name, job), name=f"watch-{name}", daemon=True).start()

    def _watch(self, control: Channel, name: str, job: RunningJob) -> None:
        self._tell(control, {"type": "ended", "name": name, "outcome": _outcome_json(job.wait())})

    def _tell(self, control: Channel, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
        try:
            with self._sending:
                control.send(message, descriptors=descriptors)
        except WireClosed:
            pass  # The judge has given its verdict and left: what it said last is still to be read.

    def _limits(self, wall_seconds: float | None) -> Limits:
        allowed: RunLimits = self._exercise.limits
        wall = allowed.wall_seconds if wall_seconds is None else min(wall_seconds, allowed.wall_seconds)
        return Limits(
            wall,
            wall,
            memory_mb=allowed.memory_mb,
            output_kb=allowed.output_kb,
            processes=allowed.processes,
            loopback=allowed.loopback,
        )

    def _output_sink(self) -> Callable[[bytes], None]:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")

        def sink(data: bytes) -> None:
            if text := decoder.decode(data):
                self._printed.append(text)
                self._on_event({"type": "output", "text": text})

        return sink

    def _recording(self, frame: Frame) -> Recording:
        recording = Recording.from_json(frame.header["recording"])
        shown = dict(recording.exhibits)
        shown[Look.OUTPUT] = tuple(replace(e, text="".join(self._printed)) for e in recording.of(Look.OUTPUT))
        return Recording(shown)

    def _broken(self, judge: RunningJob, error: WireError) -> Report:
        judge.kill()
        outcome = judge.wait()
        return Report(
            exercise=self._exercise.id,
            kind=str(self._exercise.kind),
            verdict=Verdict.INTERNAL_ERROR,
            score=0.0,
            message=(
                "The judge gave no report. This is not your fault and counts for nothing. "
                f"({error}; judge: {outcome.status}) {outcome.message}"
            ).strip(),
        )


def _not_recorded(judge: RunningJob, error: WireError) -> Recording:
    judge.kill()
    judge.wait()
    raise InternalError(
        f"The run could not be recorded ({error}).",
        "Nothing was counted; try again, and report it if it happens again.",
    ) from error


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "status": str(outcome.status),
        "exit_code": outcome.exit_code,
        "signal": outcome.signal,
        "wall_seconds": outcome.wall_seconds,
        "cpu_seconds": outcome.cpu_seconds,
        "peak_mb": outcome.peak_mb,
        "message": outcome.message,
        "output": outcome.output[-4000:].decode("utf-8", "replace"),
    }
