"""Several exercises at once: one does not wait for the other, and how far all are is told."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from torchdojo.authoring import SEEDS, Grade, Standing, verify_content
from torchdojo.authoring.scripts import WarmScripts, run_fresh
from torchdojo.domain.errors import Cancelled
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import Report
from torchdojo.library import Library

SURVIVOR = '\n[[survivor]]\nmutant = "line 4: y < 0 -> y <= 0"\nreason = "At exactly 0 both give 0."\n'
NAMES = ["line-a", "line-b", "line-c"]
PATIENCE = 60


@pytest.fixture
def library(content: Path, write_implement: Callable[..., Path]) -> Library:
    """Three sound exercises."""
    folder = write_implement()
    manifest = folder / "exercise.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + SURVIVOR, encoding="utf-8")
    for name in NAMES:
        shutil.copytree(folder, folder.parent / name)
    shutil.rmtree(folder)
    return Library(shipped=content)


def test_one_slow_grading_keeps_nobody_from_the_next_exercise(library: Library, grader: Grade) -> None:
    began = threading.Event()

    def slow(exercise: Exercise, source: str, *, seed: int | None = None, cancel: Any = None) -> Report:
        if exercise.id == "line-b":
            began.set()
        elif exercise.id == "line-a" and "NotImplementedError" in source and seed == SEEDS[0]:
            assert began.wait(PATIENCE), "line-b waits for the last grading of line-a"
        return grader(exercise, source, seed=seed, cancel=cancel)

    results = verify_content(library, NAMES[:2], slow, write=True, jobs=2)
    assert [(result.exercise, result.ok) for result in results] == [("line-a", True), ("line-b", True)]


@pytest.mark.parametrize("jobs", [1, 4])
def test_no_more_gradings_than_jobs_run_at_the_same_time(library: Library, grader: Grade, jobs: int) -> None:
    running = threading.BoundedSemaphore(jobs)

    def counted(exercise: Exercise, source: str, *, seed: int | None = None, cancel: Any = None) -> Report:
        assert running.acquire(blocking=False), "one grading too many"
        try:
            return grader(exercise, source, seed=seed, cancel=cancel)
        finally:
            running.release()

    assert all(result.ok for result in verify_content(library, NAMES, counted, write=True, jobs=jobs))


def test_the_same_proofs_whatever_runs_beside(library: Library, grader: Grade, content: Path) -> None:
    written = []
    for jobs in (1, 3):
        verify_content(library, NAMES, grader, write=True, jobs=jobs)
        written.append([(content / "lines" / name / "proof.json").read_bytes() for name in NAMES])
    assert written[0] == written[1]


def test_progress_rises_to_the_end_and_names_what_ended(library: Library, grader: Grade, content: Path) -> None:
    (content / "lines" / "line-b" / "exercise.toml").write_text("kind = 7\n", encoding="utf-8")
    told: list[Standing] = []
    results = verify_content(library, [], grader, quick=True, jobs=3, on_progress=told.append)
    shares = [standing.share for standing in told]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    ended = [standing for standing in told if standing.ended is not None]
    assert sorted(standing.what for standing in ended) == NAMES
    assert [standing.finished for standing in ended] == [1, 2, 3]
    assert told[-1].gradings == sum(result.gradings for result in results)
    assert [result.exercise for result in results] == [*NAMES, "all exercises"]


def test_stopping_one_stops_all(library: Library, grader: Grade) -> None:
    cancel = threading.Event()
    graded: list[str] = []

    def stopping(exercise: Exercise, source: str, *, seed: int | None = None, cancel: Any = None) -> Report:
        report = grader(exercise, source, seed=seed, cancel=cancel)
        graded.append(exercise.id)
        cancel.set()
        return report

    with pytest.raises(Cancelled):
        verify_content(library, NAMES, stopping, jobs=2, cancel=cancel)
    assert len(graded) <= 2


@pytest.fixture(scope="module")
def warm():
    with WarmScripts() as scripts:
        yield scripts


FILES = {"mine.py": "value = 3\n"}
SCRIPTS = [
    pytest.param("print(1 + 1)\nimport sys\nprint('aside', file=sys.stderr)", "2\n", "", id="prints"),
    pytest.param("from mine import value\nprint(value, __name__)", "3 __main__\n", "", id="imports a file beside it"),
    pytest.param("print(1)\n1 / 0", "1\n", "ZeroDivisionError: division by zero", id="raises"),
    pytest.param("import sys\nsys.exit(0)", "", "", id="leaves"),
    pytest.param("import os\nprint(sorted(os.listdir()))", "['mine.py']\n", "", id="is alone in its folder"),
    pytest.param(
        "import pickle\nclass A:\n    pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)",
        "True\n",
        "",
        id="pickles",
    ),
]


@pytest.mark.parametrize(("source", "printed", "failed"), SCRIPTS)
def test_a_warm_script_runs_as_in_a_python_of_its_own(warm, source, printed, failed):
    for run in (run_fresh, warm):
        ran = run(source, FILES)
        assert (ran.printed, ran.failed) == (printed, failed)


def test_what_a_library_writes_past_python_spoils_nothing(warm):
    ran = warm("import os\nos.write(1, b'native noise\\n')\nprint('said')", {})
    assert (ran.printed, ran.failed) == ("said\n", "")


def test_scripts_leave_nothing_behind(warm):
    source = "import torch\nprint(hasattr(torch, 'mine'))\ntorch.mine = 1"
    assert warm(source, {}) == warm(source, {}) == run_fresh(source, {})


def test_a_script_that_ends_its_process_is_told_of(warm):
    assert warm("import os\nos._exit(3)", {}).failed
    assert run_fresh("import os\nos._exit(3)", {}).failed
