"""A family is refused for every way in which its questions can be wrong."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from torchdojo.authoring.computation import instance_claims
from torchdojo.domain.asking import whole
from torchdojo.domain.computation import Distractor
from torchdojo.domain.errors import BadContent
from torchdojo.library import Library

FAMILY = Library().find("conv-parameters")


def sound(seed, level):
    n = 1000 * seed + level + 5000
    return whole(
        f"{n}?",
        answer=n,
        formula=n,
        working=f"It is {n}.",
        unit="",
        mistakes=[(n + 1, "one too many"), (n - 1, "one too few")],
    )


def broken(change, make=sound):
    """The claims that do not hold once `change` is made to every question."""

    def ask(family, asked, *, cancel=None):
        return [change(make(seed, level), seed) for seed, level in asked]

    claims = instance_claims(FAMILY, ask, quick=True, cancel=threading.Event())
    return [claim.name for claim in claims if not claim.ok]


def test_a_sound_family_holds():
    assert broken(lambda question, seed: question) == []


@pytest.mark.parametrize(
    ("change", "claim"),
    [
        (lambda q, seed: replace(q, answer=q.answer + 7 * (seed == 16)), "PyTorch and the formula agree"),
        (lambda q, seed: replace(q, answer=float(q.answer)), "PyTorch and the formula agree"),
        (lambda q, seed: replace(q, working="See the book."), "the working names the answer"),
        (lambda q, seed: replace(q, distractors=()), "mistakes are told"),
        (lambda q, seed: replace(q, distractors=(Distractor(q.answer, "none"),)), "mistakes are told"),
        (
            lambda q, seed: replace(q, distractors=(*q.distractors, Distractor(q.answer + 1, "again"))),
            "mistakes are told",
        ),
        (lambda q, seed: replace(q, prompt="?"), "questions differ"),
    ],
)
def test_what_is_wrong_is_found(change, claim):
    assert broken(change) == [claim]


def test_a_question_that_changes_is_found():
    calls = iter(range(10**6))
    assert "same seed, same question" in broken(lambda q, seed: replace(q, prompt=f"{q.prompt} {next(calls)}"))


def test_a_family_that_cannot_be_asked_is_refused():
    def ask(family, asked, *, cancel=None):
        raise BadContent("generate.py made no question.")

    claims = instance_claims(FAMILY, ask, quick=True, cancel=threading.Event())
    assert [(claim.name, claim.ok) for claim in claims] == [("questions", False)]
