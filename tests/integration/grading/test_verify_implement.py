"""A shipped implement exercise is proved by the grader that learners meet."""

from __future__ import annotations

from torchdojo.authoring import verify
from torchdojo.domain.report import Verdict
from torchdojo.grading import Grader
from torchdojo.library import load_exercise, shipped_root


def test_every_claim_about_the_focal_loss_holds(grader: Grader) -> None:
    exercise = load_exercise(shipped_root() / "losses" / "focal-loss")
    verification = verify(exercise, grader.grade, seeds=(11,))
    assert [claim for claim in verification.broken if claim.name != "proof.json"] == []
    assert verification.proof is not None
    assert len(verification.proof.mutants) >= 30
    assert {mutant.verdict for mutant in verification.proof.mutants} >= {Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR}
