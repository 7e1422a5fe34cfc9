"""What verify claims, for graders that judge well and for graders that err in one way."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from torchdojo.authoring import Verification, verify, verify_content
from torchdojo.domain.errors import BadInput, Cancelled
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import BugResult, BugState, Curve, GoalResult, Report, RestsOn, Verdict
from torchdojo.library import Library, load_exercise, read_proof

FIXED, OPEN, NO_EVIDENCE = BugState.FIXED, BugState.OPEN, BugState.NO_EVIDENCE
Mistake = Callable[[str, dict[str, BugState]], None]


class ReadingGrader:
    """Grades the sample exercise by looking at its text; `mistake` may falsify what it saw, as may `change`."""

    def __init__(self, mistake: Mistake | None = None, change: Callable[[str, Report], Report] | None = None) -> None:
        self.mistake = mistake
        self.change = change
        self.gradings = 0

    def __call__(
        self, exercise: Exercise, source: str, *, seed: int | None = None, cancel: threading.Event | None = None
    ) -> Report:
        if cancel is not None and cancel.is_set():
            raise Cancelled("stopped")
        self.gradings += 1
        states = {
            "missing-zero-grad": OPEN if "zero_grad" not in source or "cleared once" in source else FIXED,
            "too-fast": OPEN if "lr=0.5)" in source or "lowered late" in source else FIXED,
        }
        if self.mistake is not None:
            self.mistake(source, states)
        good = all(state is FIXED for state in states.values())
        report = Report(
            exercise=exercise.id,
            kind="debug",
            verdict=Verdict.PASSED if good else Verdict.WRONG_ANSWER,
            score=1.0,
            bugs=tuple(BugResult(bug, state, RestsOn.BOTH, f"evidence of {bug}") for bug, state in states.items()),
            goal=GoalResult("mse", 0.2, 0.123456 if good else float("nan"), good),
            curves=(Curve("train_loss", tuple(range(1000)), tuple(1 / (x + 1) for x in range(1000))),),
            facts={"steps": 100},
            seconds={"run": 0.5},
            seed=seed or 0,
        )
        return report if self.change is None else self.change(source, report)


@pytest.fixture
def exercise(write_exercise) -> Exercise:
    return load_exercise(write_exercise())


def broken(verification: Verification) -> dict[str, str]:
    return {claim.name: claim.evidence for claim in verification.broken}


def test_a_sound_exercise_is_proved_and_the_proof_written(exercise: Exercise):
    grader = ReadingGrader()
    told: list[tuple[int, int]] = []
    verification = verify(exercise, grader, write=True, jobs=2, on_progress=lambda n, of, what: told.append((n, of)))
    assert broken(verification) == {}
    # five seeds each of solution, starter and two bugs alone; two reverted; two right; two fake
    assert verification.gradings == grader.gradings == 26
    assert told == [(n, 26) for n in range(1, 27)]
    proof = read_proof(exercise)
    assert proof == verification.proof
    assert proof is not None
    assert [(bug.id, bug.state, bug.others, len(bug.seeds)) for bug in proof.bugs] == [
        ("missing-zero-grad", OPEN, (), 5),
        ("too-fast", OPEN, (), 5),
    ]
    assert [run.metric for run in proof.solution] == [0.1235] * 5
    assert [run.metric for run in proof.starter] == [None] * 5
    assert len(proof.curves[0].x) == 200
    assert proof.curves[0].x[-1] == 999
    assert proof.facts == {"steps": 100}
    assert {answer.file for answer in proof.fake} == {"fake/once.py", "fake/late.py"}


def test_the_same_results_give_the_same_file_that_is_valid_json(exercise: Exercise):
    file = exercise.folder / "proof.json"
    verify(exercise, ReadingGrader(), write=True)
    first = file.read_bytes()
    verify(exercise, ReadingGrader(), write=True, jobs=3)
    assert file.read_bytes() == first
    assert json.loads(first)["exercise"] == "line-fit"
    assert max(map(len, first.decode().splitlines())) > 200, "lists of numbers stand on one line"
    assert [path.name for path in exercise.folder.glob("*part*")] == []


def test_quick_uses_one_seed_and_wants_a_current_proof(exercise: Exercise):
    unproved = verify(exercise, ReadingGrader(), quick=True)
    assert "there is none" in broken(unproved)["proof.json"]
    assert unproved.gradings == 10
    verify(exercise, ReadingGrader(), write=True)
    quick = verify(exercise, ReadingGrader(), quick=True)
    assert quick.ok
    left_out = {claim.name for claim in unproved.claims} - {claim.name for claim in quick.claims}
    assert left_out >= {"missing-zero-grad mended alone", "too-fast mended alone"}, "the proof says that already"
    asked = {claim.name.partition("/")[0] for claim in quick.claims if "/" in claim.name}
    assert asked == {"right", "fake"}, "of each sort something is tried again"
    assert quick.gradings < unproved.gradings
    (exercise.folder / "prompt.md").write_text("Changed.\n", encoding="utf-8")
    assert "other files" in broken(verify(exercise, ReadingGrader(), quick=True))["proof.json"]


def unseen(source: str, states: dict[str, BugState]) -> None:
    states["too-fast"] = FIXED


def seen_everywhere(source: str, states: dict[str, BugState]) -> None:
    if states["missing-zero-grad"] is OPEN:
        states["too-fast"] = OPEN


def lenient_to_fakes(source: str, states: dict[str, BugState]) -> None:
    if "cleared once" in source:
        states["missing-zero-grad"] = FIXED


def harsh_to_a_style(source: str, states: dict[str, BugState]) -> None:
    if "the second" in source:
        states["missing-zero-grad"] = NO_EVIDENCE


@pytest.mark.parametrize(
    ("mistake", "claims"),
    [
        (
            unseen,
            {"starter fails", "too-fast alone is seen", "missing-zero-grad mended alone", "fake/late.py is refused"},
        ),
        (seen_everywhere, {"missing-zero-grad alone is seen", "too-fast mended alone", "fake/once.py is refused"}),
        (lenient_to_fakes, {"fake/once.py is refused"}),
        (harsh_to_a_style, {"right/second.py passes"}),
    ],
)
def test_a_grader_that_errs_breaks_exactly_the_claims_it_errs_on(
    exercise: Exercise, mistake: Mistake, claims: set[str]
):
    verification = verify(exercise, ReadingGrader(mistake), write=True)
    assert set(broken(verification)) == claims
    assert not (exercise.folder / "proof.json").exists(), "nothing unproved is written down"


def hidden_by_a_crash(source: str, states: dict[str, BugState]) -> None:
    """The first bug crashes the script: then nothing can be said about the second, nor about itself when mended."""
    if states["missing-zero-grad"] is OPEN and "cleared once" not in source:
        states["too-fast"] = NO_EVIDENCE


def test_a_bug_that_hides_the_others_is_no_fault(exercise: Exercise):
    assert verify(exercise, ReadingGrader(hidden_by_a_crash), write=True).ok


def test_a_slow_solution_and_a_starter_that_meets_the_goal_are_faults(exercise: Exercise):
    def change(source: str, report: Report) -> Report:
        goal = GoalResult("mse", 0.2, 0.1, True)
        return Report(**{**{f: getattr(report, f) for f in report.__slots__}, "goal": goal, "seconds": {"run": 31.0}})

    faults = broken(verify(exercise, ReadingGrader(change=change), write=True))
    assert set(faults) == {"starter misses the goal", "solution within half its limits"}
    assert "31.0 s; half of `wall_seconds` is 30 s" in faults["solution within half its limits"]


def test_a_fault_of_ours_is_never_evidence(exercise: Exercise):
    def change(source: str, report: Report) -> Report:
        if "lr=0.5)" not in source:
            return report
        return Report(exercise.id, "debug", Verdict.INTERNAL_ERROR, 0.0, message="The judge failed.\nZeroDivisionError")

    faults = broken(verify(exercise, ReadingGrader(change=change), write=True))
    assert set(faults) == {"starter fails", "too-fast alone is seen", "missing-zero-grad mended alone"}
    assert all("ZeroDivisionError" in evidence for evidence in faults.values())


@pytest.mark.parametrize(
    ("changes", "claim", "evidence"),
    [
        ({"debrief_md": " \n"}, "texts are written", "debrief.md is empty"),
        ({"prompt_md": "FILL IN: it\n"}, "texts are written", "prompt.md, line 1 still reads"),
        (
            {"right__second_py": "# style: the first\n" + "x = 1\n", "right__third_py": "# style: the first\nx = 1\n"},
            "right answers",
            "repeats",
        ),
        (
            {"fake__once_py": "# style: none\n# open: none\n"},
            "fake answers",
            "No fake answer leaves missing-zero-grad open",
        ),
        ({"prompt_md": "```python\n(\n```\n"}, "code in the texts", "does not parse"),
        ({"exercise_toml": ('site = "train"\ntitle = "Too', 'site = "main"\ntitle = "Too')}, "starter", "nowhere"),
    ],
)
def test_what_reading_finds_is_told_before_anything_is_graded(write_exercise, changes, claim, evidence):
    grader = ReadingGrader()
    verification = verify(load_exercise(write_exercise(**changes)), grader, write=True)
    assert evidence in broken(verification)[claim]
    assert grader.gradings == 0


def test_all_exercises_are_verified_and_broken_folders_reported(content: Path, write_exercise):
    write_exercise("good")
    write_exercise("bad", exercise_toml=("level = 2", "level = 9"))
    library = Library(shipped=content)
    results = verify_content(library, [], ReadingGrader(), write=True)
    assert [(result.exercise, result.ok) for result in results] == [
        ("bad", False),
        ("good", True),
        ("all exercises", False),
    ]
    assert "`level` is 9" in results[0].claims[0].evidence
    assert results[1].to_json()["ok"] is True


def test_names_and_options_that_make_no_sense_are_refused(content: Path, write_exercise):
    write_exercise()
    library = Library(shipped=content)
    with pytest.raises(BadInput, match="'line-fat'"):
        verify_content(library, ["line-fat"], ReadingGrader())
    with pytest.raises(BadInput, match="quick"):
        verify_content(library, [], ReadingGrader(), quick=True, write=True)


def test_cancelling_stops_what_has_not_begun(exercise: Exercise):
    cancel = threading.Event()
    grader = ReadingGrader()
    with pytest.raises(Cancelled):
        verify(exercise, grader, jobs=1, cancel=cancel, on_progress=lambda done, of, what: cancel.set())
    assert grader.gradings < 26
