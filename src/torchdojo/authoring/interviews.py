"""Proves an interview against its exercise: what it names exists, what it promises is there, help is worth taking."""

from __future__ import annotations

from collections.abc import Sequence

from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Interview
from torchdojo.domain.proof import Claim
from torchdojo.interview.rules import RULES
from torchdojo.library import SCRIPT, Library


def interview_claims(interview: Interview, library: Library) -> list[Claim]:
    """Every claim about one interview that its own files and its exercise can bear out."""
    look_fors = sum(len(stage.look_fors) for stage in interview.stages)
    told = f"{len(interview.stages)} stages, {look_fors} look-fors, {len(interview.criteria)} criteria"
    claims = [
        Claim("format", True, told),
        Claim("minutes", True, f"{interview.minutes}, and the stages add up to them"),
    ]
    try:
        exercise = _exercise(interview, library)
    except BadContent as fault:
        return [*claims, Claim("exercise", False, str(fault))]
    about = exercise.id if exercise is not None else f"none of its own; any of {_kinds(interview)} fits"
    return [
        *claims,
        Claim("exercise", True, about if interview.round.kinds else "none is needed"),
        *_claim("names", _unknown(interview, exercise), "every id is unique, every bug and question named exists"),
        *_claim("criteria", _unseen(interview), "each has its anchors and is looked for"),
        *_claim("tables", _unshown(interview, exercise), "bug table and questions have their stages"),
        *_claim("prices", _dear(interview, exercise), "every nudge costs less than what it leads to"),
    ]


def _exercise(interview: Interview, library: Library) -> Exercise | None:
    if not interview.exercise:
        return None
    found = library.find(interview.exercise)
    if found is None:
        raise _fault(interview, f"`exercise` is {interview.exercise!r}, and there is none", "torchdojo list has them.")
    if found.kind not in interview.round.kinds:
        told = f"{found.id} is a {found.kind} exercise, and the round is {interview.round}"
        raise _fault(interview, told, f"Name one of {_kinds(interview)}.")
    return found


def _kinds(interview: Interview) -> str:
    return ", ".join(sorted(interview.round.kinds))


def _unknown(interview: Interview, exercise: Exercise | None) -> list[BadContent]:
    faults = []
    questions, nudges = interview.questions(exercise), interview.nudges(exercise)
    names = [each.id for each in questions] + [each.id for each in nudges]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.append(_fault(interview, f"{name!r} is also what the exercise's part is called", "Rename it."))
    for name in interview.bonus_questions:
        if name not in {question.id for question in questions}:
            known = ", ".join(question.id for question in questions)
            faults.append(
                _fault(interview, f"`bonus_questions` names {name!r}, which nobody asks", f"There are: {known}.")
            )
    bugs = {bug.id for bug in exercise.bugs} if exercise else set()
    for bug in sorted(({nudge.bug for nudge in nudges} | {question.bug for question in questions}) - bugs - {""}):
        told = f"{SCRIPT} names the bug {bug!r}, which the exercise does not have"
        faults.append(_fault(interview, told, f"There are: {', '.join(sorted(bugs)) or 'none'}."))
    return faults


def _unseen(interview: Interview) -> list[BadContent]:
    seen = {look_for.criterion for stage in interview.stages for look_for in stage.look_fors}
    return [
        _fault(interview, f"nothing in {SCRIPT} looks for the criterion {criterion.id!r}", "Write a look-for.")
        for criterion in interview.criteria
        if criterion.id not in seen
    ]


def _unshown(interview: Interview, exercise: Exercise | None) -> list[BadContent]:
    faults = []
    if interview.round.kinds and not any(stage.bugs for stage in interview.stages):
        told = "no stage shows what is graded"
        faults.append(_fault(interview, told, "Write `bugs` behind a stage's minutes."))
    asked = any(stage.probing or stage.questions for stage in interview.stages)
    if interview.shares.answers and not asked:
        faults.append(_fault(interview, "answers have points, and nothing is asked", "Write ### Ask: … or `probing`."))
    if exercise is not None and exercise.bugs and not any(stage.probing for stage in interview.stages):
        told = "no stage asks the exercise's own questions"
        faults.append(_fault(interview, told, "Write `probing` behind a stage's minutes."))
    return faults


def _dear(interview: Interview, exercise: Exercise | None) -> list[BadContent]:
    if exercise is None or not exercise.bugs:
        return []
    share = 1.0 - RULES.goal if exercise.goal is not None else 1.0
    worth = interview.shares.work * share / len(exercise.bugs)
    return [
        _fault(
            interview,
            f"the nudge {nudge.id!r} costs {nudge.price}, and the bug it is about brings {worth:.1f}",
            "Make it cheaper: whoever takes help and mends the bug should gain.",
        )
        for nudge in interview.nudges(exercise)
        if nudge.bug and nudge.price >= worth
    ]


def _fault(interview: Interview, what: str, cure: str) -> BadContent:
    return BadContent(f"{interview.file}: {what}.", cure)


def _claim(name: str, faults: Sequence[BadContent], sound: str) -> list[Claim]:
    return [Claim(name, False, str(fault)) for fault in faults] or [Claim(name, True, sound)]
