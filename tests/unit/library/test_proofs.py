"""A proof comes back as it was written, and only as long as its folder has not changed."""

from __future__ import annotations

import json

import pytest

from torchdojo.domain.errors import BadContent
from torchdojo.domain.proof import AnswerProof, BugProof, Claim, Proof, ProvedRun
from torchdojo.domain.report import BugState, Curve, Verdict
from torchdojo.library import Library, folder_digest, load_exercise, read_proof


def a_proof(digest: str) -> Proof:
    run = ProvedRun(3, Verdict.WRONG_ANSWER, None, False, {"too-fast": BugState.OPEN}, {"too-fast": "0.5"})
    return Proof(
        exercise="line-fit",
        digest=digest,
        seeds=(3, 4),
        torch="2.13.0",
        claims=(Claim("solution passes", True, "2 seeds"),),
        solution=(run,),
        starter=(run,),
        bugs=(BugProof("too-fast", "lr", (3,), BugState.OPEN, (), (0.5, None), (False,), "0.5"),),
        right=(AnswerProof("right/a.py", "a", Verdict.PASSED, ()),),
        fake=(AnswerProof("fake/b.py", "b", Verdict.WRONG_ANSWER, ("too-fast",)),),
        curves=(Curve("train_loss", (1.0, 2.0), (0.5, 0.25)),),
        facts={"steps": 100},
    )


def test_a_current_proof_is_handed_out_and_a_stale_one_is_not(content, write_exercise):
    folder = write_exercise()
    proof = a_proof(folder_digest(folder))
    (folder / "proof.json").write_text(json.dumps(proof.to_json()), encoding="utf-8")
    library = Library(shipped=content)
    exercise = load_exercise(folder)
    assert library.proof(exercise) == proof
    assert proof.ok
    (folder / "solution.py").write_text(exercise.solution + "\n# changed\n", encoding="utf-8")
    assert library.proof(exercise) is None
    assert read_proof(exercise) == proof


def test_no_proof_is_no_error(write_exercise):
    assert read_proof(load_exercise(write_exercise())) is None


@pytest.mark.parametrize("text", ["{", '{"format": 99}', '{"format": 1}', "[]", '{"format": 1, "exercise": 3}'])
def test_a_proof_that_cannot_be_read_says_how_to_write_it_anew(content, write_exercise, text):
    folder = write_exercise()
    (folder / "proof.json").write_text(text, encoding="utf-8")
    with pytest.raises(BadContent) as caught:
        read_proof(load_exercise(folder))
    assert Library(shipped=content).proof(load_exercise(folder)) is None
    assert "torchdojo verify line-fit --write" in caught.value.cure
