"""Drills made for real: the same recipe gives the same bytes, and the grader says of them what was promised."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from torchdojo.app.compose import Dojo, open_dojo
from torchdojo.app.drilling import drill, drills
from torchdojo.app.practice import starter
from torchdojo.app.suspicions import culprits, diagnose_first, earlier_diagnoses, innocents
from torchdojo.domain.errors import InternalError
from torchdojo.domain.report import BugState, Verdict
from torchdojo.domain.suspicion import Suspicion
from torchdojo.grading import Grader


@pytest.fixture(scope="module")
def dojo(tmp_path_factory: pytest.TempPathFactory, grader: Grader):
    home = tmp_path_factory.mktemp("home")
    with open_dojo(environment={"TORCHDOJO_HOME": str(home)}) as opened:
        yield replace(opened, grader=grader)


@pytest.fixture(scope="module")
def made(dojo: Dojo):
    return drill(dojo, seed=5, bugs=2, base="tiny-shapes")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_drill_is_an_exercise_that_is_found_by_name_but_not_listed(dojo: Dojo, made):
    assert dojo.library.find(made.exercise.id) is not None
    assert made.exercise.id not in {exercise.id for exercise in dojo.library.exercises()}
    assert made.exercise.id in {exercise.id for exercise in drills(dojo)}
    assert len(made.exercise.bugs) == 2
    assert made.gradings >= 4


def test_its_starter_shows_every_bug_and_the_solution_passes(dojo: Dojo, made):
    broken = dojo.grader.grade(made.exercise, starter(dojo, made.exercise.id), seed=77)
    assert broken.verdict is not Verdict.PASSED
    assert [bug.state for bug in broken.bugs] == [BugState.OPEN] * 2
    sound = dojo.grader.grade(made.exercise, made.exercise.solution, seed=77)
    assert sound.verdict is Verdict.PASSED, sound.message


def test_asking_again_finds_it_and_making_it_anew_gives_the_same_bytes(dojo: Dojo, made, tmp_path: Path):
    again = drill(dojo, seed=5, bugs=2, base="tiny-shapes")
    assert not again.made
    assert again.exercise.id == made.exercise.id
    with open_dojo(environment={"TORCHDOJO_HOME": str(tmp_path)}) as other:
        anew = drill(replace(other, grader=dojo.grader), seed=5, bugs=2, base="tiny-shapes")
        assert anew.made
        assert files(anew.exercise.folder) == files(made.exercise.folder)


def test_nothing_in_what_the_learner_reads_first_names_a_bug(dojo: Dojo, made):
    read = f"{starter(dojo, made.exercise.id)}\n{made.exercise.prompt}\n{made.exercise.title}\n{made.exercise.summary}"
    for bug in made.exercise.bugs:
        assert bug.kind not in read
        assert bug.title not in read


def test_naming_every_bug_where_it_sits_scores_in_full_and_is_kept(dojo: Dojo, made):
    lines = starter(dojo, made.exercise.id).splitlines()
    marks = [Suspicion(culprit.first, culprit.kind) for culprit in culprits(made.exercise, lines)]
    assert len(marks) == 2
    diagnosis = diagnose_first(dojo, made.exercise.id, marks)
    assert diagnosis.score == 1.0
    assert diagnosis.missed == ()
    assert [kept.score for kept in earlier_diagnoses(dojo, made.exercise.id)] == [1.0]


def test_claiming_a_decoy_costs(dojo: Dojo, made):
    lines = starter(dojo, made.exercise.id).splitlines()
    planted = {bug.kind for bug in made.exercise.bugs}
    decoy = next(decoy for decoy in innocents(made.exercise, lines) if decoy.looks_like not in planted)
    marks = [Suspicion(culprit.first, culprit.kind) for culprit in culprits(made.exercise, lines)]
    diagnosis = diagnose_first(dojo, made.exercise.id, [*marks, Suspicion(decoy.line, decoy.looks_like)])
    assert diagnosis.score == 0.75


def test_a_grader_that_breaks_makes_no_other_challenge_of_the_same_recipe(dojo: Dojo, made, tmp_path: Path):
    class Breaking:
        """The grader, which breaks in some of its gradings."""

        def __init__(self, breaks_in: set[int]) -> None:
            self.gradings = 0
            self.breaks_in = breaks_in

        def grade(self, *asked, **options):
            self.gradings += 1
            report = dojo.grader.grade(*asked, **options)
            broken = self.gradings in self.breaks_in
            return replace(report, verdict=Verdict.INTERNAL_ERROR, message="no process") if broken else report

    with open_dojo(environment={"TORCHDOJO_HOME": str(tmp_path)}) as other:
        with pytest.raises(InternalError, match="no process"):
            drill(replace(other, grader=Breaking({2, 3})), seed=5, bugs=2, base="tiny-shapes")
        assert drills(other) == []
        once = drill(replace(other, grader=Breaking({2})), seed=5, bugs=2, base="tiny-shapes")
        assert files(once.exercise.folder) == files(made.exercise.folder)
