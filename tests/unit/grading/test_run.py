"""What a grading makes of a judge that is quicker than the jobs it asked for."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.report import Report, Verdict
from torchdojo.grading.run import GradingRun
from torchdojo.sandbox import Job, Outcome, Status
from torchdojo.wire import Channel


@dataclass
class Ended:
    """A job that is over as soon as it is started."""

    wall_seconds: float = 0.0

    def kill(self) -> None:
        pass

    def drain(self) -> None:
        pass

    def wait(self) -> Outcome:
        return Outcome(Status.OK)


@dataclass
class HastyJudge:
    """Asks for a job, gives its report and leaves before anybody could tell it that the job has started."""

    report: Report

    def start(self, job: Job, channel: socket.socket) -> Ended:
        own = Channel(channel.dup())
        own.send({"type": "start", "name": "values", "request": {"filename": "train.py"}})
        own.send({"type": "report", "report": self.report.to_json()})
        own.close()
        channel.close()
        return Ended()


class Candidates:
    """Starts nothing."""

    def start(self, job: Job, channel: socket.socket, on_output: Any = None) -> Ended:
        return Ended()


def test_a_report_counts_although_the_judge_has_left_before_its_last_job_started():
    exercise = Exercise("x", Kind.DEBUG, "t", "X", 1, 10, "A script.", Path("."), "train.py")
    told = Report(exercise="x", kind="debug", verdict=Verdict.WRONG_ANSWER, score=0.0, message="Not yet.")
    grading = GradingRun(
        exercise,
        "print(1)",
        seed=1,
        candidates=Candidates(),  # type: ignore[arg-type]
        judges=HastyJudge(told),  # type: ignore[arg-type]
        on_event=None,
        cancel=None,
        facts=None,
    )
    report = grading.finish()
    assert report.verdict is Verdict.WRONG_ANSWER, report.message
    assert report.message == "Not yet."
