"""Questions made by the real judge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Kind
from torchdojo.domain.judged import Outcome, judge
from torchdojo.library import Library

LIBRARY = Library()


def test_there_are_families_enough():
    assert sum(exercise.kind is Kind.COMPUTE for exercise in LIBRARY.exercises()) >= 32


@pytest.mark.parametrize(
    "family", [e for e in LIBRARY.exercises() if e.kind is Kind.COMPUTE], ids=lambda family: family.id
)
def test_every_family_asks_and_takes_its_own_answer(grader, family):
    asked = [(seed, level) for seed in (0, 2**31 - 1) for level in (1, 2, 3)]
    questions = grader.questions(family, asked)
    assert questions == grader.questions(family, asked)
    for question in questions:
        assert judge(question, "no answer at all").outcome is Outcome.UNREADABLE
        assert question.distractors


def test_a_broken_family_is_told_and_the_next_one_works(grader, tmp_path):
    family = LIBRARY.find("conv-parameters")
    (tmp_path / "generate.py").write_text("def question(rng, level):\n    raise SystemExit(3)")
    for text in ("def question(rng, level):\n    raise ValueError('no')", "import nothing_here"):
        (tmp_path / "generate.py").write_text(text)
        with pytest.raises(BadContent, match=r"generate\.py"):
            grader.questions(replace(family, folder=tmp_path), [(1, 1)])
    assert grader.questions(family, [(1, 1)])[0].answer > 0
