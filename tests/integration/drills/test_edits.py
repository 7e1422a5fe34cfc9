"""What people do to a bugged script: a few of the declared edits, another handful for each seed of the sample."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from tests.drill_edits import SORTS, Earned, Edit, drill_edits

from torchdojo.app.compose import Dojo, open_dojo
from torchdojo.grading import Grader

EDITS = list(drill_edits())

#: All of them are graded by `python benchmarks/edits.py`.
SAMPLE = random.Random(4).sample(EDITS, 15)


@pytest.fixture(scope="module")
def dojo(tmp_path_factory: pytest.TempPathFactory, grader: Grader):
    with open_dojo(environment={"TORCHDOJO_HOME": str(tmp_path_factory.mktemp("home"))}) as opened:
        yield replace(opened, grader=grader)


@pytest.fixture(scope="module")
def bases(dojo: Dojo):
    return {base.id: base for base in dojo.library.bases()}


def test_every_edit_can_be_made_and_says_what_it_is(bases):
    for edit in EDITS:
        edit.script(bases[edit.base])
        assert edit.sort in SORTS
        assert edit.expected.open <= {place.partition("@")[0] for place in edit.planted}
    assert len({edit.id for edit in EDITS}) == len(EDITS) >= 150
    assert {edit.base for edit in EDITS} == set(bases)


@pytest.mark.parametrize("edit", SAMPLE, ids=lambda edit: edit.id)
def test_an_edit_earns_what_it_declares(edit: Edit, dojo: Dojo, bases):
    report = dojo.grader.grade(edit.exercise(bases[edit.base]), edit.script(bases[edit.base]), seed=31)
    assert Earned.of(report) == edit.expected, report.message
