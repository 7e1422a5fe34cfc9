"""What verify claims about implement exercises, for sound folders and for folders and graders that err in one way."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from torchdojo.authoring import Grade, Verification, verify
from torchdojo.domain.report import CheckOutcome, Report, Verdict
from torchdojo.library import load_exercise, read_proof

Write = Callable[..., Path]
SURVIVOR = '[[survivor]]\nmutant = "line 4: y < 0 -> y <= 0"\nreason = "At exactly 0 both give 0."\n'
MANIFEST_START = 'kind = "implement"'


def broken(verification: Verification) -> dict[str, str]:
    return {claim.name: claim.evidence for claim in verification.broken}


def with_survivor(folder: Path, text: str = SURVIVOR) -> Path:
    manifest = folder / "exercise.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
    return folder


def test_a_sound_exercise_is_proved_and_the_proof_written(write_implement: Write, grader: Grade) -> None:
    exercise = load_exercise(with_survivor(write_implement()))
    told: list[tuple[int, int]] = []
    verification = verify(exercise, grader, write=True, jobs=2, on_progress=lambda n, of, what: told.append((n, of)))
    assert broken(verification) == {}
    assert told == [(n, verification.gradings) for n in range(1, verification.gradings + 1)]
    proof = read_proof(exercise)
    assert proof == verification.proof
    assert proof is not None
    assert [len(runs) for runs in (proof.solution, proof.starter, proof.bugs)] == [5, 1, 0]
    assert {(answer.file, answer.verdict, answer.open) for answer in proof.fake} == {
        ("wrong/added.py", Verdict.WRONG_ANSWER, ("test_positive",)),
        ("wrong/broken.py", Verdict.IMPORT_ERROR, ()),
        ("wrong/free.py", Verdict.WRONG_ANSWER, ("test_negative",)),
    }
    survivors = [mutant for mutant in proof.mutants if mutant.verdict is Verdict.PASSED]
    assert [(mutant.id, mutant.reason) for mutant in survivors] == [
        ("line 4: y < 0 -> y <= 0", "At exactly 0 both give 0.")
    ]
    assert all(mutant.caught_by for mutant in proof.mutants if mutant not in survivors)
    claim = next(claim for claim in verification.claims if claim.name == "mutants are noticed")
    assert "(100 %), 1 more compute the same" in claim.evidence


def test_the_same_results_give_the_same_file(write_implement: Write, grader: Grade) -> None:
    exercise = load_exercise(with_survivor(write_implement()))
    verify(exercise, grader, write=True, jobs=1)
    first = (exercise.folder / "proof.json").read_bytes()
    verify(exercise, grader, write=True, jobs=3)
    assert (exercise.folder / "proof.json").read_bytes() == first
    assert json.loads(first)["exercise"] == "clamped-line"


def test_quick_uses_one_seed_and_a_few_mutants_and_wants_a_current_proof(write_implement: Write, grader: Grade) -> None:
    exercise = load_exercise(with_survivor(write_implement()))
    whole = verify(exercise, grader, write=True)
    quick = verify(exercise, grader, quick=True)
    assert quick.ok
    assert whole.proof is not None
    # solution and two right: four seeds fewer; and five of the mutants
    assert whole.gradings - quick.gradings == 4 * 3 + len(whole.proof.mutants) - 5
    (exercise.folder / "prompt.md").write_text("Changed.\n", encoding="utf-8")
    assert set(broken(verify(exercise, grader, quick=True))) == {"proof.json"}


def test_a_mutant_nobody_notices_is_named(write_implement: Write, grader: Grade) -> None:
    faults = broken(verify(load_exercise(write_implement()), grader, write=True))
    assert set(faults) == {"mutants are noticed"}
    assert faults["mutants are noticed"].endswith("; not noticed: line 4: y < 0 -> y <= 0")


def test_a_declared_survivor_that_is_noticed_or_gone_is_a_fault(write_implement: Write, grader: Grade) -> None:
    noticed = SURVIVOR.replace("y < 0 -> y <= 0", "y < 0 -> False")
    folder = with_survivor(with_survivor(write_implement()), noticed)
    faults = broken(verify(load_exercise(folder), grader, write=True))
    assert set(faults) == {"survivors survive"}
    assert "but wrong_answer: test_negative" in faults["survivors survive"]
    gone = SURVIVOR.replace("line 4:", "line 5:")
    faults = broken(verify(load_exercise(with_survivor(write_implement(), gone)), grader, write=True))
    assert "Did you mean 'line 4: y < 0 -> y <= 0'?" in faults["survivors are mutants"]
    faults = broken(verify(load_exercise(with_survivor(write_implement(), SURVIVOR * 2)), grader, write=True))
    assert "twice" in faults["survivors are mutants"]


CHECK = '\n\ndef test_more(submission):\n    """Says something."""\n'


@pytest.mark.parametrize(
    ("changes", "claim", "evidence"),
    [
        ({"starter_py": "def line(x, slope=1.0):\n    raise NotImplementedError\n"}, "starter has the signatures",
         "line(x, slope=1.0) is line(x, slope=2.0) in solution.py"),
        ({"starter_py": "class line: ...\n"}, "starter has the signatures", "another kind of thing"),
        ({"starter_py": "def other(): ...\n"}, "starter has the signatures", "defines no line"),
        ({"starter_py": "def line(x, slope=2.0): ...\n"}, "starter has the signatures", "leaves nothing to write"),
        ({"solution_py": "def other(): ...\n"}, "solution has the names", "defines no line"),
        ({"solution_py": "def line(:\n"}, "solution has the names", "does not parse"),
        ({"checks_py": "x = 1\n"}, "checks", "holds no check"),
        ({"checks_py": "def test_positive(submission): ...\n"}, "checks", "has no docstring"),
        ({"checks_py": CHECK * 2}, "checks", "replaces a check of the same name"),
        ({"wrong__free_py": "# style: a\n# verdict: wrong_answer\n# caught by: test_nothing\n"}, "wrong answers",
         "names 'test_nothing'"),
        ({"wrong__free_py": "# style: a\n# verdict: wrong_answer\n"}, "wrong answers", "names no check"),
        ({"wrong__free_py": "# style: a\n# verdict: import_error\n# caught by: test_negative\n"}, "wrong answers",
         "no check runs after an import error"),
        ({"right__branch_py": "# style: a\n# caught by: test_negative\n"}, "right answers", "declares `caught by`"),
    ],
)  # fmt: skip
def test_what_reading_finds_is_told_before_anything_is_graded(
    write_implement: Write, grader: Grade, changes: dict[str, str], claim: str, evidence: str
) -> None:
    verification = verify(load_exercise(write_implement(**changes)), grader, write=True)
    assert evidence in broken(verification)[claim]
    assert verification.gradings == 0


@pytest.mark.parametrize(
    ("solution", "starter", "evidence"),
    [
        ("def a(self, x): ...", "def b(self, x): raise NotImplementedError", "lacks line.a, which solution.py has"),
        ("def a(self, x=1): ...", "def a(self, x): raise NotImplementedError", "line.a(self, x)"),
        ("def __init__(self, x): ...", "def a(self): raise NotImplementedError", "lacks line.__init__"),
    ],
)
def test_methods_count_as_signatures_too(
    write_implement: Write, grader: Grade, solution: str, starter: str, evidence: str
) -> None:
    texts = {"solution_py": f"class line:\n    {solution}\n", "starter_py": f"class line:\n    {starter}\n"}
    faults = broken(verify(load_exercise(write_implement(**texts)), grader))
    assert evidence in faults["starter has the signatures"]


def test_helpers_of_the_solution_need_no_promise(write_implement: Write, grader: Grade) -> None:
    texts = {
        "solution_py": "class line(int):\n    def _a(self): ...\n    def __len__(self): ...\n",
        "starter_py": "class line(int):\n    def more(self): raise NotImplementedError\n",
    }
    claims = verify(load_exercise(write_implement(**texts)), grader).claims
    assert next(claim.ok for claim in claims if claim.name == "starter has the signatures")


@pytest.mark.parametrize(
    ("changes", "claims"),
    [
        ({"right__branch_py": "# style: a\ndef line(x, slope=2.0): return slope * x\n"}, {"right/branch.py passes"}),
        (
            {"wrong__free_py": "# style: a\n# caught by: test_negative\ndef line(x, slope=2.0): return max(x, 0.0)\n"},
            {"wrong/free.py is refused"},
        ),
        (
            {"wrong__free_py": "# style: a\n# verdict: runtime_error\n# caught by: test_negative\n"
             "def line(x, slope=2.0): return slope * x\n"},
            {"wrong/free.py is refused"},
        ),
        ({"starter_py": "def line(x, slope=2.0):\n    return 1\n    raise NotImplementedError\n"}, {"starter fails"}),
        (
            {"checks_py": '\n\n'.join(f'def test_{name}(submission):\n    """Say."""' for name in
                                      ("positive", "negative", "idle")) + "\n"},
            {"every check catches something"},
        ),
    ],
)  # fmt: skip
def test_an_answer_that_is_judged_otherwise_breaks_its_claim(
    write_implement: Write, grader: Grade, changes: dict[str, str], claims: set[str]
) -> None:
    exercise = load_exercise(with_survivor(write_implement(**changes)))
    assert set(broken(verify(exercise, grader, write=True))) == claims
    assert not (exercise.folder / "proof.json").exists(), "nothing unproved is written down"


def test_no_mutant_is_graded_when_the_solution_does_not_pass(write_implement: Write, grader: Grade) -> None:
    texts = {"solution_py": "def line(x, slope=2.0):\n    return slope * x\n"}
    verification = verify(load_exercise(write_implement(**texts)), grader)
    assert {"solution passes", "mutants are noticed"} <= set(broken(verification))
    assert verification.gradings == 5 * 3 + 3 + 1


def test_what_may_never_end_gets_less_time(write_implement: Write, grader: Grade) -> None:
    endless = (
        "# style: a\n# verdict: time_limit\n# caught by: test_negative\ndef line(x, slope=2.0): return slope * x\n"
    )
    exercise = load_exercise(write_implement(wrong__free_py=endless))
    verification = verify(exercise, grader)
    assert "declared time_limit, got wrong_answer" in broken(verification)["wrong/free.py is refused"]
    assert grader.walls[exercise.solution] == 20
    assert grader.walls[endless] == 5, "ten times as long as the solution took"


def test_a_fault_of_ours_is_never_evidence(write_implement: Write, grader_that: Callable[..., Grade]) -> None:
    def change(source: str, report: Report) -> Report:
        failed = tuple(replace(check, outcome=CheckOutcome.SKIPPED) for check in report.checks)
        ours = replace(report, verdict=Verdict.INTERNAL_ERROR, message="The judge failed.", checks=failed)
        return ours if "slope / x" in source else report

    faults = broken(verify(load_exercise(with_survivor(write_implement())), grader_that(change), write=True))
    assert set(faults) == {"mutants are noticed"}
    assert "slope / x: internal_error: The judge failed." in faults["mutants are noticed"]


def test_a_solution_that_is_slow_or_depends_on_the_seed_is_a_fault(
    write_implement: Write, grader_that: Callable[..., Grade]
) -> None:
    exercise = load_exercise(with_survivor(write_implement()))

    def slow(source: str, report: Report) -> Report:
        return replace(report, seconds={"run": 11.0})

    faults = broken(verify(exercise, grader_that(slow), write=True))
    assert set(faults) == {"solution within half its limits"}

    def fickle(source: str, report: Report) -> Report:
        return replace(report, verdict=Verdict.WRONG_ANSWER, message="off") if report.seed == 13 else report

    faults = broken(verify(exercise, grader_that(fickle), write=True))
    assert faults["solution passes"] == "seed 13: wrong_answer: off"


def test_of_many_wrong_answers_a_quick_verification_tries_a_few_once_all_are_proved(
    write_implement: Write, grader: Grade
) -> None:
    more = {
        f"wrong__free_{number}_py": "# style: no clamp\n# verdict: wrong_answer\n# caught by: test_negative\n"
        f"def line(x, slope=2.0): return slope * x + 0.0 * {number}\n"
        for number in range(4)
    }
    exercise = load_exercise(with_survivor(write_implement(**more)))

    def refused() -> int:
        claims = verify(exercise, grader, quick=True).claims
        return sum(claim.name.startswith("wrong/") and claim.name.endswith("is refused") for claim in claims)

    assert refused() == 7
    verify(exercise, grader, write=True)
    assert refused() == 5
