"""The gradings behind a verification: which scripts, with which seeds; run several at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from torchdojo.bugs import derive_starter, inject_only
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import Report
from torchdojo.library import fake_answers, right_answers

#: Told after every grading: how many are done, of how many, and which one.
Progress = Callable[[int, int, str], None]


class Grade(Protocol):
    """The grader port: judge one script. Raises Cancelled when `cancel` is set."""

    def __call__(
        self, exercise: Exercise, source: str, *, seed: int | None = None, cancel: threading.Event | None = None
    ) -> Report: ...


@dataclass(frozen=True, slots=True)
class Case:
    """One script to grade. `role` is solution, starter, alone, reverted, right or fake; `name` tells which."""

    role: str
    name: str
    seed: int

    def __str__(self) -> str:
        return f"{self.role} {self.name}, seed {self.seed}" if self.name else f"{self.role}, seed {self.seed}"


def plan(exercise: Exercise, seeds: Sequence[int], alone_seeds: Sequence[int]) -> dict[Case, str]:
    """Every case with its source. The first of `seeds` serves where one run is enough. Raises BadContent."""
    first = seeds[0]
    every = [bug.id for bug in exercise.bugs]
    starter = derive_starter(exercise)
    cases = {Case("solution", "", seed): exercise.solution for seed in seeds}
    cases |= {Case("starter", "", seed): starter for seed in seeds}
    for bug in every:
        alone = inject_only(exercise, [bug])
        cases |= {Case("alone", bug, seed): alone for seed in alone_seeds}
    if len(every) > 1:
        for bug in every:
            cases[Case("reverted", bug, first)] = inject_only(exercise, [other for other in every if other != bug])
    cases |= {Case("right", answer.name, first): answer.source for answer in right_answers(exercise)}
    cases |= {Case("fake", answer.name, first): answer.source for answer in fake_answers(exercise)}
    return cases


def run_all(
    exercise: Exercise,
    cases: Mapping[Case, str],
    grade: Grade,
    *,
    jobs: int,
    on_progress: Progress,
    cancel: threading.Event,
) -> dict[Case, Report]:
    """Grade every case, `jobs` at a time. Raises Cancelled, or whatever a grading raised, once all have ended."""
    reports: dict[Case, Report] = {}
    with ThreadPoolExecutor(max_workers=jobs, thread_name_prefix="verify") as pool:
        running = {
            pool.submit(grade, exercise, source, seed=case.seed, cancel=cancel): case for case, source in cases.items()
        }
        try:
            for case, report in _as_they_end(running):
                reports[case] = report
                on_progress(len(reports), len(cases), str(case))
        except BaseException:
            cancel.set()
            for future in running:
                future.cancel()
            raise
    return {case: reports[case] for case in cases}


def _as_they_end(running: Mapping[Future[Report], Case]) -> Iterable[tuple[Case, Report]]:
    waiting = set(running)
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            yield running[future], future.result()
