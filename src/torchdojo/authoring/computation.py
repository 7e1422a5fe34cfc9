"""Computation families proved: hundreds of instances each, PyTorch held against the formula and the mistakes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Protocol

from torchdojo.authoring.claiming import holds, texts_are_written
from torchdojo.domain.computation import LEVELS, Distractor, Question, agree
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.judged import Outcome, judge
from torchdojo.domain.proof import Claim, Proof
from torchdojo.domain.spelling import spelled, typed_forms
from torchdojo.library import folder_digest, torch_version

#: Seeds for each level, so 504 instances, or 51 in a quick verification.
SEEDS_PER_LEVEL, QUICK_SEEDS_PER_LEVEL = 168, 17

#: How many instances are made a second time, to see whether they are the same.
_AGAIN = 9

#: A family with fewer different questions is learned by heart.
_FEWEST_DIFFERENT = 20

Asked = tuple[int, int]


class Ask(Protocol):
    """The grader port: the questions of a family under (seed, level) pairs."""

    def __call__(
        self, family: Exercise, asked: Sequence[Asked], *, cancel: threading.Event | None = None
    ) -> list[Question]: ...


def reading_claims(exercise: Exercise) -> list[Claim]:
    """The claims about a family that need no run."""
    return [
        Claim("manifest", True, f"level {exercise.level}, every key known and filled in"),
        holds("texts are written", lambda: texts_are_written(exercise)),
    ]


def instance_claims(exercise: Exercise, ask: Ask, *, quick: bool, cancel: threading.Event) -> list[Claim]:
    """The claims about what the family asks. Raises Cancelled, and InternalError when we broke."""
    seeds = QUICK_SEEDS_PER_LEVEL if quick else SEEDS_PER_LEVEL
    asked = [(seed, level) for seed in range(seeds) for level in LEVELS]
    try:
        questions = ask(exercise, asked, cancel=cancel)
        # In another order, so that nothing can lean on what came before.
        again = ask(exercise, asked[:_AGAIN][::-1], cancel=cancel)[::-1]
    except BadContent as fault:
        return [Claim("questions", False, str(fault))]
    told = list(zip(asked, questions, strict=True))
    claims = [Claim("questions", True, f"{len(told)} instances of {len(LEVELS)} levels")]
    claims.append(_different(questions, quick))
    repeated = [pair for pair, first, second in zip(asked, questions, again, strict=False) if first != second]
    if repeated:
        claims.append(Claim("same seed, same question", False, f"(seed, level) {repeated[0]} asked something else"))
    else:
        claims.append(Claim("same seed, same question", True, f"{_AGAIN} made again in another order"))
    return claims + [_claim(name, evidence, told, fault) for name, (evidence, fault) in _CHECKS.items()]


def make_proof(exercise: Exercise, claims: Sequence[Claim], *, quick: bool) -> Proof:
    """The proof of a family."""
    seeds = QUICK_SEEDS_PER_LEVEL if quick else SEEDS_PER_LEVEL
    return Proof(
        exercise=exercise.id,
        digest=folder_digest(exercise.folder),
        seeds=(),
        torch=torch_version(),
        claims=tuple(claims),
        solution=(),
        starter=(),
        bugs=(),
        right=(),
        fake=(),
        facts={"instances": float(seeds * len(LEVELS))},
    )


def _different(questions: Sequence[Question], quick: bool) -> Claim:
    found = len({question.prompt for question in questions})
    wanted = _FEWEST_DIFFERENT // 2 if quick else _FEWEST_DIFFERENT
    # The count itself would make a proof change with every seed that is added.
    return Claim("questions differ", found >= wanted, f"{found} different ones")


def _claim(name: str, evidence: str, told: Sequence[tuple[Asked, Question]], fault: Callable[[Question], str]) -> Claim:
    faults = (f"seed {seed}, level {level}: {found}" for (seed, level), q in told if (found := fault(q)))
    first = next(islice(faults, 1), "")
    return Claim(name, not first, first or evidence)


def _disagreement(question: Question) -> str:
    if agree(question):
        return ""
    return f"PyTorch says {question.answer!r}, the formula {question.formula!r} ({question.prompt})"


def _unheard(question: Question) -> str:
    for form in typed_forms(question):
        judged = judge(question, form)
        if judged.outcome is not Outcome.RIGHT:
            return f"{form!r} for {question.answer!r} is {judged.outcome}: {judged.said}"
    return ""


def _bad_distractor(question: Question) -> str:
    if not question.distractors:
        return f"there is none ({question.prompt})"
    for distractor in question.distractors:
        if (said := _told(question, distractor)) != distractor.mistake:
            return f"{distractor.answer!r} comes from {distractor.mistake!r}, and was told to come from {said!r}"
    return ""


def _told(question: Question, distractor: Distractor) -> str:
    """The mistake that is told to somebody who types the distractor."""
    typed = typed_forms(replace(question, answer=distractor.answer))[0]
    judged = judge(question, typed)
    return judged.mistake if judged.outcome is Outcome.WRONG else str(judged.outcome)


def _unworked(question: Question) -> str:
    named = {spelled(question, question.formula), spelled(question, question.answer), str(question.formula)}
    return "" if any(text in question.working for text in named) else f"{question.working!r} does not name the answer"


_CHECKS: dict[str, tuple[str, Callable[[Question], str]]] = {
    "PyTorch and the formula agree": ("in every instance", _disagreement),
    "the working names the answer": ("in every instance", _unworked),
    "every spelling counts": ("the right answer, with separators, suffixes, units", _unheard),
    "mistakes are told": ("every instance has one at least, each leads elsewhere and is recognised", _bad_distractor),
}
