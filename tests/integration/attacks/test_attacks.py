"""Hostile submissions through the real grader: none passes, none learns anything, and the grader goes on."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from torchdojo.bugs import derive_starter, inject_only
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import BugState, Report, Verdict
from torchdojo.grading import Grader
from torchdojo.library import folder_digest, is_current, load_exercise, read_proof, shipped_root, write_proof

ATTACKS = Path(__file__).parents[2] / "attacks" / "debug"
CONTENT = shipped_root() / "debugging"
GUARD = 'if __name__ == "__main__":'

#: Long enough for an honest run on a busy machine, short enough for scripts that never end.
WALL_SECONDS = 8


@dataclass(frozen=True)
class Attack:
    """One file of the corpus."""

    name: str
    header: dict[str, str]
    body: str

    @classmethod
    def read(cls, path: Path) -> Attack:
        lines = path.read_text().splitlines()
        count = next(i for i, line in enumerate(lines) if not line.startswith("# "))
        header = dict(line[2:].split(": ", 1) for line in lines[:count])
        return cls(path.stem, header, "\n".join(lines[count:]) + "\n")

    def planted(self, exercise: Exercise) -> set[str]:
        """The bugs that are in the script when it runs."""
        base = self.header["base"]
        if base == "starter" or self.header["place"] == "instead":
            return {bug.id for bug in exercise.bugs}
        return set(base.partition(" with " if " with " in base else " plants ")[2].split(", "))

    def script(self, exercise: Exercise, hidden: Path) -> str:
        body = self.body.replace("@@HIDDEN@@", str(hidden))
        if self.header["base"] == "starter":
            base = derive_starter(exercise)
        elif " with " in self.header["base"]:
            base = inject_only(exercise, self.planted(exercise))
        else:
            base = exercise.solution
        match self.header["place"]:
            case "before":
                return body + "\n\n" + base
            case "inside":
                start, guard, end = base.rpartition(GUARD)
                return f"{start}{body}\n\n{guard}{end}"
            case _:
                return body


CORPUS = [Attack.read(path) for path in sorted(ATTACKS.glob("*.py"))]


@dataclass(frozen=True)
class Dojo:
    """A grader whose content is marked with a word that nobody else can know."""

    grader: Grader
    hidden: Path
    canary: str

    def exercise(self, name: str) -> Exercise:
        return load_exercise(self.hidden / name)


@pytest.fixture(scope="module")
def dojo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dojo]:
    canary = f"canary-{secrets.token_hex(16)}"
    hidden = tmp_path_factory.mktemp("content") / "debugging"
    shutil.copytree(CONTENT, hidden)
    for folder in (path for path in hidden.iterdir() if path.is_dir()):
        for name in ("solution.py", "exercise.toml"):
            marked = (folder / name).read_text() + f"\n# {canary}\n"
            (folder / name).write_text(marked.replace("wall_seconds = 60", f"wall_seconds = {WALL_SECONDS}"))
        (folder / "debrief.md").write_text(f"{canary}\n")
        _prove(load_exercise(folder), canary)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TORCHDOJO_TEST_SECRET", canary)
        with Grader(hidden=[hidden]) as grader:
            yield Dojo(grader, hidden, canary)


def _prove(exercise: Exercise, canary: str) -> None:
    """Prove the marked files by the shipped proof, mark included: unproved, each grading runs the solution too."""
    proof = read_proof(exercise)
    assert proof is not None
    marked = replace(proof, digest=folder_digest(exercise.folder), torch=f"{proof.torch} {canary}")
    write_proof(exercise, marked)
    assert is_current(exercise, marked)


def _grade(dojo: Dojo, exercise: Exercise, source: str) -> tuple[Report, str]:
    shown: list[str] = []

    def watch(event: Any) -> None:
        shown.append(json.dumps(dict(event)))

    return dojo.grader.grade(exercise, source, seed=7, on_event=watch), "\n".join(shown)


def test_the_corpus_is_large_and_well_formed() -> None:
    assert len(CORPUS) >= 30
    for attack in CORPUS:
        assert set(attack.header) == {"attack", "expect", "exercise", "base", "place"}, attack.name
        assert attack.header["expect"] == "not passed"
        exercise = load_exercise(CONTENT / attack.header["exercise"])
        assert attack.planted(exercise) <= {bug.id for bug in exercise.bugs}, attack.name


@pytest.mark.parametrize("attack", CORPUS, ids=[attack.name for attack in CORPUS])
def test_an_attack_gains_nothing(dojo: Dojo, attack: Attack) -> None:
    honest = load_exercise(CONTENT / attack.header["exercise"])
    exercise = dojo.exercise(attack.header["exercise"])
    report, shown = _grade(dojo, exercise, attack.script(honest, exercise.folder))
    told = json.dumps(report.to_json())
    assert dojo.canary not in told + shown
    assert report.verdict not in (Verdict.PASSED, Verdict.INTERNAL_ERROR), told
    fixed = {bug.id for bug in report.bugs if bug.state is BugState.FIXED}
    assert not fixed & attack.planted(honest), told


def test_honest_solutions_pass_after_all_that(dojo: Dojo) -> None:
    for name in ("spiral-classifier", "tiny-regressor"):
        report, _ = _grade(dojo, dojo.exercise(name), load_exercise(CONTENT / name).solution)
        assert report.verdict is Verdict.PASSED, report.to_json()
