"""The one grader: every verdict in the CLI, on the web and in an interview comes from here."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from torchdojo.domain.blocks import BlockRun
from torchdojo.domain.computation import Question
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.looks import Recording
from torchdojo.domain.report import Report
from torchdojo.grading.asking import ask_judge
from torchdojo.grading.block import run_in_sandbox
from torchdojo.grading.run import GradingRun
from torchdojo.library import ProvedFacts
from torchdojo.sandbox import ForkServer, Isolation

EventSink = Callable[[Mapping[str, Any]], None]


class Grader:
    """Grades submissions; safe to call from several threads, as many at once as there are cores.

    The two fork servers boot on first use (or in `warm_up`), so that creating a Grader costs nothing.
    `hidden` are folders that a submission must never read (content, the learner's data). `niceness` says how much
    grading gives way to other processes, as `nice` does.
    """

    def __init__(self, *, hidden: Sequence[Path] = (), concurrent: int | None = None, niceness: int = 0) -> None:
        self._hidden = tuple(hidden)
        self._niceness = niceness
        self._slots = threading.BoundedSemaphore(concurrent or os.cpu_count() or 1)
        self._lock = threading.Lock()
        self._facts = ProvedFacts()
        self._servers: tuple[ForkServer, ForkServer] | None = None
        self._closed = False

    @property
    def isolation(self) -> Isolation:
        """The isolation level submissions run under on this machine."""
        return self._started()[0].isolation

    def warm_up(self) -> None:
        """Boot both fork servers now, so that the first verdict is as fast as the second."""
        self._started()

    def grade(
        self,
        exercise: Exercise,
        source: str,
        *,
        seed: int | None = None,
        on_event: EventSink | None = None,
        cancel: threading.Event | None = None,
    ) -> Report:
        """Judge `source` as a submission for `exercise`.

        `seed` decides the script's own randomness; without one a fresh seed is drawn, and the report names it.
        `on_event` receives output, curve, stage and progress events while the run goes on.
        Raises Cancelled when `cancel` is set before the verdict. Never raises for anything the submission does:
        faults of ours come back as a report with the verdict `internal_error`.
        """
        asked = time.monotonic()
        with self._slots:
            began = time.monotonic()
            run = self._run(exercise, source, secrets.randbits(31) if seed is None else seed, on_event, cancel)
            report = run.finish()
        ended = time.monotonic()
        seconds = {
            "queue": round(began - asked, 4),
            "run": round(run.main_seconds, 4),
            "total": round(ended - asked, 4),
        }
        return replace(report, isolation=str(self.isolation), seconds=seconds, seed=run.seed)

    def record(
        self,
        exercise: Exercise,
        source: str,
        *,
        seed: int,
        on_event: EventSink | None = None,
        cancel: threading.Event | None = None,
    ) -> Recording:
        """Run `source` once in the sandbox and return what can be looked at of that run; nothing is judged.

        Raises Cancelled when `cancel` is set before its end, InternalError when we broke.
        """
        with self._slots:
            return self._run(exercise, source, seed, on_event, cancel).record()

    def questions(
        self, family: Exercise, asked: Sequence[tuple[int, int]], *, cancel: threading.Event | None = None
    ) -> list[Question]:
        """What a computation family asks under these (seed, level) pairs, with the answers.

        Raises BadContent when its generate.py fails, InternalError when we broke, Cancelled when `cancel` is set.
        """
        with self._slots:
            return ask_judge(self._started()[1], family.folder, asked, cancel)

    def run_block(
        self, source: str, *, on_event: EventSink | None = None, cancel: threading.Event | None = None
    ) -> BlockRun:
        """Run a short program where submissions run, and return what it printed; nothing is judged.

        Raises Cancelled when `cancel` is set before its end, InternalError when we broke.
        """
        with self._slots:
            return run_in_sandbox(self._started()[0], source, on_event, cancel)

    def _run(
        self,
        exercise: Exercise,
        source: str,
        seed: int,
        on_event: EventSink | None,
        cancel: threading.Event | None,
    ) -> GradingRun:
        candidates, judges = self._started()
        return GradingRun(
            exercise,
            source,
            seed=seed,
            candidates=candidates,
            judges=judges,
            on_event=on_event,
            cancel=cancel,
            facts=self._facts.of(exercise) if exercise.kind is Kind.DEBUG else None,
        )

    def close(self) -> None:
        """End both fork servers and everything they started."""
        with self._lock:
            self._closed = True
            servers, self._servers = self._servers, None
        for server in servers or ():
            server.close()

    def __enter__(self) -> Grader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _started(self) -> tuple[ForkServer, ForkServer]:
        with self._lock:
            if self._closed:
                raise RuntimeError("the grader is closed")
            if self._servers is None:
                self._servers = (
                    ForkServer("torchdojo.harness.warm", trusted=False, hidden=self._hidden, niceness=self._niceness),
                    ForkServer("torchdojo.judge.warm", trusted=True, niceness=self._niceness),
                )
            return self._servers
