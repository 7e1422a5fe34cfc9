"""Where the scripts of a verification are graded, as many at a time as the pool has workers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import Protocol

from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import Report

#: Told after every grading: how many are done, of how many, and which one.
Progress = Callable[[int, int, str], None]


class Grade(Protocol):
    """The grader port: judge one script. Raises Cancelled when `cancel` is set."""

    def __call__(
        self, exercise: Exercise, source: str, *, seed: int | None = None, cancel: threading.Event | None = None
    ) -> Report: ...


@dataclass(frozen=True, slots=True)
class Case:
    """One script to grade; `name` tells which of its role.

    `role` is solution, starter, right, and of debug exercises alone, reverted or fake, of others wrong or mutant.
    """

    role: str
    name: str
    seed: int

    def __str__(self) -> str:
        return f"{self.role} {self.name}, seed {self.seed}" if self.name else f"{self.role}, seed {self.seed}"


class Bench:
    """Grades the cases of one exercise in `pool`, which may be shared with others, and counts them."""

    def __init__(self, grade: Grade, *, pool: Executor, on_progress: Progress, cancel: threading.Event) -> None:
        self.done = 0
        self._grade = grade
        self._pool = pool
        self._on_progress = on_progress
        self._cancel = cancel

    def run(self, exercise: Exercise, cases: Mapping[Case, str], *, to_come: int = 0) -> dict[Case, Report]:
        """Grade every case; `to_come` is how many more will follow in a later call.

        Raises Cancelled, or whatever a grading raised, once all have ended.
        """
        reports: dict[Case, Report] = {}
        total = self.done + len(cases) + to_come
        running = {
            self._pool.submit(self._grade, exercise, source, seed=case.seed, cancel=self._cancel): case
            for case, source in cases.items()
        }
        try:
            for case, report in _as_they_end(running):
                reports[case] = report
                self.done += 1
                self._on_progress(self.done, total, str(case))
        except BaseException:
            self._cancel.set()
            for future in running:
                future.cancel()
            wait(running)
            raise
        return {case: reports[case] for case in cases}


def _as_they_end(running: Mapping[Future[Report], Case]) -> Iterable[tuple[Case, Report]]:
    waiting = set(running)
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            yield running[future], future.result()
