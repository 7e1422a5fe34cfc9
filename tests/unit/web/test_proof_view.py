"""A proof on its page: figures on one scale, and nobody's search spoiled."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from torchdojo.domain.exercise import Exercise, Goal, Kind
from torchdojo.domain.proof import AnswerProof, BugProof, Claim, MutantProof, Proof, ProvedRun
from torchdojo.domain.report import BugState, Verdict
from torchdojo.web.proof_view import proof_view

EXERCISE = Exercise(
    "line", Kind.DEBUG, "debugging", "A line", 2, 10, "", Path(), "line.py",
    goal=Goal("mse", "mse", "at_most", 0.1, ""),
)  # fmt: skip


def run(metric: float | None, *, passed: bool) -> ProvedRun:
    return ProvedRun(0, Verdict.PASSED if passed else Verdict.WRONG_ANSWER, metric, passed, {})


@pytest.fixture
def proof() -> Proof:
    hidden = BugProof("hidden-name", "hidden-kind", (0, 1), BugState.OPEN, (), (10.0, None), (False, False), "hidden")
    loud = BugProof("loud-name", "loud-kind", (0, 1), BugState.OPEN, ("hidden-name",), (0.1, 0.1), (True, True), "loud")
    return Proof(
        "line", "digest", (0, 1), "2.13.0",
        claims=(Claim("hidden-name is seen alone", True, "hidden"), Claim("fakes are refused", False, "hidden")),
        solution=(run(0.1, passed=True), run(0.1, passed=True)),
        starter=(run(float("nan"), passed=False), run(10.0, passed=False)),
        bugs=(hidden, loud),
        right=(AnswerProof("right/a.py", "hidden style", Verdict.PASSED, ()),),
        fake=(AnswerProof("fake/a.py", "hidden fake", Verdict.WRONG_ANSWER, ("hidden-name",)),),
    )  # fmt: skip


def test_before_the_first_run_nothing_names_a_bug_or_its_fix(proof: Proof) -> None:
    view = proof_view(proof, EXERCISE, named=False)
    assert "hidden" not in str(asdict(view)).lower()
    assert "loud" not in str(asdict(view)).lower()
    assert [row.name for row in view.bugs] == ["Bug 1", "Bug 2"]
    assert (view.holding, view.claimed, view.right_passed, view.fake_caught) == (1, 2, 1, 1)


def test_afterwards_each_row_is_told_in_full(proof: Proof) -> None:
    view = proof_view(proof, EXERCISE, named=True)
    assert (view.bugs[0].name, view.bugs[0].slug) == ("Hidden name", "hidden-name")
    assert "seen in 2 of 2 runs, no other" in view.bugs[0].seen
    assert "also reported: 1" in view.bugs[1].seen
    assert view.whole[0].seen == "2 of 2 passed"
    assert view.fake[0].open == "Hidden name"


def test_errors_share_one_logarithmic_scale_and_missing_figures_are_told(proof: Proof) -> None:
    view = proof_view(proof, EXERCISE, named=True)
    solution, starter = view.whole
    assert solution.strip.dots == (solution.strip.target, solution.strip.target)
    assert starter.strip.dots == (97.0,)
    assert starter.strip.words == "nan, 10"
    assert view.bugs[0].strip.words == "10, none"


@pytest.mark.parametrize("named", [True, False])
def test_of_an_implement_exercise_the_changed_solutions_are_told(proof: Proof, named: bool) -> None:
    mutants = (
        MutantProof("line 3: hidden -> other", Verdict.PASSED, "", "both are 1"),
        MutantProof("line 4: hidden + 1 -> hidden - 1", Verdict.WRONG_ANSWER, "test_hidden"),
    )
    written = Exercise("line", Kind.IMPLEMENT, "lines", "A line", 2, 10, "", Path(), "line.py", names=("line",))
    view = proof_view(replace(proof, bugs=(), mutants=mutants), written, named=named)
    assert [row.name for row in view.whole] == ["The solution", "The starter"]
    assert (view.mutants_noticed, view.mutants_total, view.kill_rate) == (1, 2, "50 %")
    assert [(row.change, row.reason) for row in view.survivors] == [("line 3: hidden -> other", "both are 1")] * named
