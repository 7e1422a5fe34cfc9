"""The grader as a whole: sandbox, judge and recorder over real submissions, most of them unpleasant."""

from __future__ import annotations

import threading

import pytest

from torchdojo.domain.errors import Cancelled
from torchdojo.domain.report import Verdict
from torchdojo.grading import Grader
from torchdojo.library import Library


@pytest.fixture(scope="module")
def exercise():
    return Library().find("tiny-regressor")


@pytest.fixture(scope="module")
def grader():
    with Grader() as running:
        yield running


def test_the_solution_passes_with_evidence_for_every_bug(grader, exercise):
    events = []
    report = grader.grade(exercise, exercise.solution, seed=5, on_event=events.append)
    assert report.verdict is Verdict.PASSED
    assert all(bug.fixed and bug.evidence for bug in report.bugs)
    assert report.goal is not None
    assert report.goal.met
    assert report.seed == 5
    assert "held-out mse" in "".join(e["text"] for e in events if e["type"] == "output")
    assert [e for e in events if e["type"] == "curve" and e["name"] == "train_loss"]


@pytest.mark.parametrize(
    ("source", "verdict", "word"),
    [
        pytest.param("import nothing_like_this\n", Verdict.IMPORT_ERROR, "nothing_like_this", id="missing module"),
        pytest.param("raise KeyError('mine')\n", Verdict.RUNTIME_ERROR, "line 1", id="exception"),
        pytest.param("import os\nos._exit(0)\n", Verdict.RUNTIME_ERROR, "ended", id="process left"),
        pytest.param("print('x' * 50_000_000)\n", Verdict.RUNTIME_ERROR, "printed", id="prints without end"),
        pytest.param("x = bytearray(8 << 30)\n", Verdict.MEMORY_LIMIT, "", id="eight gigabytes"),
        pytest.param("print('nothing trains here')\n", Verdict.WRONG_ANSWER, "", id="trains nothing"),
        pytest.param("import sys\nsys.exit(0)\n", Verdict.WRONG_ANSWER, "", id="leaves quietly"),
        pytest.param("import gc\ngc.get_objects()\n", Verdict.FORBIDDEN, "line 2", id="reaches for the recorder"),
        pytest.param("input()\n", Verdict.RUNTIME_ERROR, "input()", id="reads stdin"),
    ],
)
def test_what_does_not_pass_says_why(grader, exercise, source, verdict, word):
    report = grader.grade(exercise, source, seed=1)
    assert report.verdict is verdict, report.message
    assert word in report.message
    assert not any(bug.fixed for bug in report.bugs)


def test_a_run_can_be_stopped(grader, exercise):
    cancel = threading.Event()
    with pytest.raises(Cancelled):
        grader.grade(
            exercise,
            "print('going', flush=True)\nwhile True:\n    pass\n",
            cancel=cancel,
            on_event=lambda event: cancel.set() if event["type"] == "output" else None,
        )


def test_it_still_judges_after_all_that_and_two_at_a_time(grader, exercise):
    reports = []
    threads = [
        threading.Thread(target=lambda: reports.append(grader.grade(exercise, exercise.solution, seed=9)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [report.verdict for report in reports] == [Verdict.PASSED, Verdict.PASSED]
    assert reports[0].goal is not None
    assert reports[1].goal is not None
