"""Bugs are planted where exercise.toml says, and the starter keeps quiet about them."""

from __future__ import annotations

import ast
import difflib
import re
from dataclasses import replace

import pytest

from torchdojo.bugs import bug_kinds, derive_starter, inject, inject_only
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.library import Library, load_exercise

SHIPPED = [pytest.param(exercise, id=exercise.id) for exercise in Library().exercises() if exercise.kind is Kind.DEBUG]


def changed_lines(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:2] in ("- ", "+ ")]


def test_the_starter_has_every_bug_and_no_comment_that_tells(write_exercise):
    starter = derive_starter(load_exercise(write_exercise()))
    assert "zero_grad" not in starter
    assert "lr=0.5)\n" in starter
    assert "gradients" not in starter
    assert "learning rate" not in starter
    assert "# (64, 1)" in starter
    assert '"""Full-batch training."""' in starter


def test_one_bug_alone_leaves_the_rest_as_it_was(write_exercise):
    exercise = load_exercise(write_exercise())
    alone = inject_only(exercise, ["too-fast"])
    assert changed_lines(exercise.solution, alone) == [
        "-     opt = torch.optim.SGD(model.parameters(), lr=0.05)  # a sane learning rate",
        "+     opt = torch.optim.SGD(model.parameters(), lr=0.5)  # a sane learning rate",
    ]
    with pytest.raises(KeyError):
        inject_only(exercise, ["no-such-bug"])


def test_an_edit_replaces_its_text_exactly_once(write_exercise):
    exercise = load_exercise(write_exercise())
    edit = replace(exercise.bug("too-fast"), edit=("range(100)", "range(3)"))
    assert "range(3)" in inject(exercise.solution, edit)
    with pytest.raises(BadContent, match="stands 0 times"):
        inject(exercise.solution, replace(edit, edit=("range(101)", "")))
    with pytest.raises(BadContent, match=r"stands \d+ times"):
        inject(exercise.solution, replace(edit, edit=("torch", "")))


@pytest.mark.parametrize(
    ("change", "fact", "cure"),
    [
        ({"kind": "no-such-kind"}, "there is no bug kind 'no-such-kind'", "missing-zero-grad"),
        ({"site": "main"}, "site 'main' is nowhere in the script", "DEFINITION.NAME"),
        ({"site": "train#2"}, "site 'train#2' names 1 places", "#1, #2"),
        ({"kind": "missing-eval-mode"}, "missing-eval-mode can break: none", "explain missing-eval-mode"),
    ],
)
def test_a_site_that_is_not_there_is_refused_with_those_that_are(write_exercise, change, fact, cure):
    exercise = load_exercise(write_exercise())
    with pytest.raises(BadContent) as caught:
        inject(exercise.solution, replace(exercise.bug("too-fast"), **change))
    assert "Bug too-fast" in caught.value.fact
    assert fact in caught.value.fact
    assert cure in caught.value.cure


def test_a_site_that_is_there_twice_has_to_be_numbered(write_exercise):
    twice = ("loss.backward()", "loss.backward()\n        opt.zero_grad()")
    exercise = load_exercise(write_exercise(solution_py=twice))
    with pytest.raises(BadContent, match="names 2 places"):
        derive_starter(exercise)
    numbered = replace(exercise.bug("missing-zero-grad"), site="train#2")
    assert inject(exercise.solution, numbered).count("zero_grad") == 1


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        (
            ('"""Full-batch training."""', '"""Full-batch training at a low learning rate."""'),
            "gives a planted bug away",
        ),
        (('"""Fit a line."""', '"""Fit a line. Mind the bug."""'), "gives a planted bug away"),
        (("opt.step()", "opt.step("), "does not parse"),
    ],
)
def test_a_starter_that_tells_or_breaks_is_refused(write_exercise, change, fact):
    with pytest.raises(BadContent) as caught:
        derive_starter(load_exercise(write_exercise(solution_py=change)))
    assert fact in caught.value.fact


@pytest.mark.parametrize("exercise", SHIPPED)
def test_a_shipped_starter_parses_keeps_its_names_and_tells_nothing(exercise: Exercise):
    starter = derive_starter(exercise)
    assert starter != exercise.solution
    names = [node.name for node in ast.parse(starter).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    solution = ast.parse(exercise.solution).body
    assert names == [node.name for node in solution if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    comments = " ".join(re.findall(r"#.*", starter))
    for bug in exercise.bugs:
        assert not re.search(bug_kinds()[bug.kind].telling, comments, re.IGNORECASE)


@pytest.mark.parametrize("exercise", SHIPPED)
def test_each_shipped_bug_changes_something_whether_alone_or_among_the_others(exercise: Exercise):
    everything = [bug.id for bug in exercise.bugs]
    all_planted = inject_only(exercise, everything)
    for bug in exercise.bugs:
        assert inject(exercise.solution, bug) != exercise.solution
        assert inject_only(exercise, [other for other in everything if other != bug.id]) != all_planted


def test_the_same_exercise_gives_the_same_starter(write_exercise):
    exercise = load_exercise(write_exercise())
    assert derive_starter(exercise) == derive_starter(exercise)
