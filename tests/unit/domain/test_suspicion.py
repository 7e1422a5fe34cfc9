"""How a diagnosis is scored: hits, halves, decoys, guesses."""

from __future__ import annotations

import pytest

from torchdojo.domain.suspicion import Culprit, Innocent, Standing, Suspicion, judge

CULPRITS = [Culprit("a", "missing-zero-grad", 10, 10), Culprit("b", "missing-eval-mode", 30, 32)]
DECOYS = [Innocent(50, "loss-kept-with-graph", "item() makes a number.")]


def scored(*marks: tuple[int, str]) -> tuple[float, list[Standing]]:
    diagnosis = judge([Suspicion(line, kind) for line, kind in marks], CULPRITS, DECOYS)
    return diagnosis.score, [each.standing for each in diagnosis.judged]


@pytest.mark.parametrize(
    ("marks", "score", "standings"),
    [
        ([(10, "missing-zero-grad"), (31, "missing-eval-mode")], 1.0, [Standing.FOUND, Standing.FOUND]),
        ([(12, "missing-zero-grad")], 0.5, [Standing.FOUND]),
        ([(13, "missing-zero-grad")], 0.25, [Standing.KIND_ONLY]),
        ([(10, "missing-no-grad")], 0.25, [Standing.PLACE_ONLY]),
        ([(10, "missing-zero-grad"), (50, "loss-kept-with-graph")], 0.25, [Standing.FOUND, Standing.INNOCENT]),
        ([(10, "missing-zero-grad"), (90, "float64-data")], 0.375, [Standing.FOUND, Standing.WRONG]),
        ([(90, "float64-data"), (50, "float64-data")], 0.0, [Standing.WRONG, Standing.INNOCENT]),
    ],
)
def test_marks_are_scored(marks, score, standings):
    assert scored(*marks) == (pytest.approx(score), standings)


def test_the_same_bug_counts_once_however_often_it_is_marked():
    score, _ = scored((9, "missing-zero-grad"), (10, "missing-zero-grad"), (11, "missing-zero-grad"))
    assert score == 0.5


def test_a_bug_that_was_found_gives_no_half_beside():
    score, _ = scored((10, "missing-zero-grad"), (10, "missing-no-grad"))
    assert score == 0.375


def test_marking_everything_does_not_pay():
    every = [(line, kind) for line in range(1, 80, 3) for kind in ("missing-zero-grad", "missing-eval-mode")]
    assert scored(*every)[0] == 0.0


def test_what_was_missed_and_why_a_decoy_is_right_is_told():
    diagnosis = judge([Suspicion(50, "loss-kept-with-graph")], CULPRITS, DECOYS)
    assert diagnosis.missed == ("missing-zero-grad", "missing-eval-mode")
    assert diagnosis.judged[0].remark == "item() makes a number."
