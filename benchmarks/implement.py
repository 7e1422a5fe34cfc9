"""What a verdict on an implement exercise costs, over all exercises: against a cold pytest of the same checks, against
the same checks unprotected in a warm process, and with two graders at once."""

from __future__ import annotations

import gc
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.figures import Figure, median
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.report import Verdict
from torchdojo.grading import Grader
from torchdojo.library import Library

_ROOT = Path(__file__).parents[1]

#: A grader puts its memory in order while nobody asks; two graders that do so at once would wait for one another.
_CHORES_SECONDS = 15.0


def measure(*, quick: bool) -> Iterator[Figure]:
    """Medians over the exercises; of each exercise the median of some gradings of its solution."""
    exercises = [exercise for exercise in Library().exercises() if exercise.kind is Kind.IMPLEMENT]
    plain = [exercise for exercise in exercises if _can_do_without_protection(exercise)]
    some = plain[:: 8 if quick else 1]
    verdicts, cold, warm = [], [], []
    with Grader(hidden=[exercise.folder for exercise in exercises]) as grader:
        for exercise in some:
            verdicts.append(_verdict(grader, exercise))
            cold.append(_cold_pytest(exercise))
            warm.append(_warm(exercise))
    told = f"({len(some)} exercises)"
    yield Figure(f"implement verdict / cold pytest {told}", median(verdicts), median(cold), 1 / 30)
    split = median([ours / theirs for ours, theirs in zip(verdicts, warm, strict=True)])
    yield Figure("implement verdict / unprotected, warm", split * median(warm), median(warm), 2)
    with _workers(some, 2) as workers:
        rounds = [(_seconds(workers[:1], len(some)), _seconds(workers, len(some))) for _ in range(5)]
    alone, together = (median(list(taken)) for taken in zip(*rounds, strict=True))
    yield Figure("time per verdict, two graders / one", together, alone, 1 / 1.6)


def _can_do_without_protection(exercise: Exercise) -> bool:
    """Some checks rest on what the grader gives, e.g. that what is read is a copy. They are left out of it all."""
    return _warm(exercise) > 0


def _verdict(grader: Grader, exercise: Exercise) -> float:
    taken = []
    for seed in range(4):
        began = time.perf_counter()
        report = grader.grade(exercise, exercise.solution, seed=seed)
        taken.append(time.perf_counter() - began)
        if report.verdict is not Verdict.PASSED:
            raise RuntimeError(f"{exercise.id}: {report.verdict} {report.message}")
    return median(taken[1:])


def _cold_pytest(exercise: Exercise) -> float:
    options = ["-q", "-p", "benchmarks.unprotected", "-p", "no:cacheprovider", "--import-mode=importlib"]
    paths = os.pathsep.join([str(_ROOT), str(_ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "pytest.ini").write_text("[pytest]\n")
        began = time.perf_counter()
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                *options,
                "-c",
                f"{folder}/pytest.ini",
                str(exercise.folder / "checks.py"),
            ],
            check=True,
            capture_output=True,
            timeout=300,
            # One thread, as in the sandbox; a submission that forks would hang with the threads of OpenMP.
            env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        )
        return time.perf_counter() - began


def _warm(exercise: Exercise) -> float:
    """Seconds of the checks in a fresh fork of this warm process; 0 when they need more than the module itself."""
    from torchdojo.judge.checks import compile_ahead

    _warm_up()
    compile_ahead(exercise.folder)
    taken = [_in_a_fork(exercise) for _ in range(3)]
    return 0.0 if 0.0 in taken else median(taken)


@cache
def _warm_up() -> None:
    import torchdojo.judge.warm

    torchdojo.judge.warm.warm()
    gc.collect()
    gc.freeze()  # As the grader's warm processes do.


def _in_a_fork(exercise: Exercise) -> float:
    reader, writer = os.pipe()
    sys.stdout.flush()
    began = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        try:
            from benchmarks.unprotected import run_all

            run_all(exercise.folder)
            os.write(writer, b"1")
        finally:
            os._exit(0)
    os.close(writer)
    done = os.read(reader, 1)
    os.waitpid(pid, 0)
    seconds = time.perf_counter() - began
    os.close(reader)
    return seconds if done else 0.0


@contextmanager
def _workers(exercises: list[Exercise], number: int) -> Iterator[list[Connection]]:
    """Processes that grade all of `exercises` whenever they are told to, and say when they have."""
    context = multiprocessing.get_context("spawn")
    lines = [context.Pipe() for _ in range(number)]
    workers = [context.Process(target=_work, args=(exercises, theirs)) for _, theirs in lines]
    for worker in workers:
        worker.start()
    ours = [line for line, _ in lines]
    try:
        for line in ours:
            line.recv()
        time.sleep(_CHORES_SECONDS)
        yield ours
    finally:
        for line in ours:
            line.send(False)
        for worker in workers:
            worker.join()


def _seconds(workers: list[Connection], gradings: int) -> float:
    """Seconds per verdict when these workers grade so many exercises each, side by side."""
    began = time.perf_counter()
    for worker in workers:
        worker.send(True)
    for worker in workers:
        worker.recv()
    return (time.perf_counter() - began) / (len(workers) * gradings)


def _work(exercises: list[Exercise], line: Connection) -> None:
    with Grader(hidden=[exercise.folder for exercise in exercises]) as grader:
        grader.grade(exercises[0], exercises[0].solution, seed=0)
        line.send(True)
        while line.recv():
            for exercise in exercises:
                grader.grade(exercise, exercise.solution, seed=0)
            line.send(True)
