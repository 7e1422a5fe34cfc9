"""Proves a plan by grading it: every bug shows, none hides another, mending one mends exactly that one, all pass."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from torchdojo.bugs import Place, broken_at, bug_kinds, derive_starter
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import BugSpec, Exercise, Kind
from torchdojo.domain.report import BugState, CheckOutcome, Report, Verdict
from torchdojo.drills.planning import Plan

#: The whole challenge is run under so many seeds, each mended version under one.
SEEDS = 2


class Grade(Protocol):
    """The grader port."""

    def __call__(self, exercise: Exercise, source: str, *, seed: int | None = None) -> Report: ...


@dataclass(frozen=True, slots=True)
class Proved:
    """What was seen: the challenge under each seed, and with each bug mended (by place)."""

    whole: tuple[Report, ...]
    mended: Mapping[str, Report]


class Dropped(Exception):
    """A plan that does not hold; the argument says why, in a few words that can be counted."""


def prove(plan: Plan, grade: Grade, seed: int, *, say: Callable[[str], None] = lambda text: None) -> Proved:
    """Grade the challenge and its mended versions. Raises Dropped."""
    base = plan.atlas.base
    chosen = [entry.place for entry in plan.entries]
    exercise = with_bugs(base, chosen)
    without = {place: _text(base, [p for p in chosen if p is not place]) for place in chosen if len(chosen) > 1}
    whole = _starter(exercise)
    seeds = [(seed + 101 * number) % (1 << 31) for number in range(SEEDS)]
    reports: list[Report] = []
    for number in seeds:
        say("the challenge runs")
        reports.append(grade(exercise, whole, seed=number))
        _check_whole(reports[-1], chosen)
    say("all bugs are mended")
    _check_sound(grade(exercise, base.solution, seed=seeds[0]))
    mended: dict[str, Report] = {}
    for place, source in without.items():
        say("one bug is mended and the others are left")
        report = mended[str(place)] = grade(exercise, source, seed=seeds[0])
        _check_mended(report, place, chosen)
    return Proved(tuple(reports), mended)


def with_bugs(base: Exercise, chosen: Sequence[Place]) -> Exercise:
    """The base as a debugging exercise whose bugs are these places."""
    return replace(base, kind=Kind.DEBUG, bugs=tuple(_spec(place) for place in chosen))


def _spec(place: Place) -> BugSpec:
    kind = bug_kinds()[place.kind]
    return BugSpec(
        str(place), kind.slug, place.site, kind.title, kind.category, place.site, kind.difficulty, kind.summary, ""
    )


def _starter(exercise: Exercise) -> str:
    try:
        return derive_starter(exercise)
    except BadContent as fault:
        told = "gives a planted bug away" in fault.fact
        raise Dropped("a docstring gives a bug away" if told else "one bug takes away the place of another") from None


def _text(base: Exercise, chosen: Sequence[Place]) -> str:
    try:
        source = broken_at(base.solution, list(chosen))
        ast.parse(source)
    except LookupError:
        raise Dropped("one bug takes away the place of another") from None
    except SyntaxError:
        raise Dropped("the script does not parse") from None
    return source


def _states(report: Report) -> dict[str, BugState]:
    return {bug.id: bug.state for bug in report.bugs}


def _new(report: Report) -> bool:
    return any(c.outcome is CheckOutcome.FAILED and c.name.startswith("no new bug") for c in report.checks)


def _check_whole(report: Report, chosen: Sequence[Place]) -> None:
    states = _states(report)
    if report.verdict is Verdict.PASSED:
        raise Dropped("it passes as it is")
    for place in chosen:
        if states.get(str(place)) is not BugState.OPEN:
            raise Dropped("one bug hides another")
    if _new(report):
        raise Dropped("together they look like another bug")


def _check_sound(report: Report) -> None:
    if report.verdict is not Verdict.PASSED:
        raise Dropped("the sound script does not show that a bug is gone")


def _check_mended(report: Report, place: Place, chosen: Sequence[Place]) -> None:
    states = _states(report)
    if states.get(str(place)) is not BugState.FIXED:
        raise Dropped("a mended bug does not count as fixed beside the others")
    for other in chosen:
        if other is not place and states.get(str(other)) is not BugState.OPEN:
            raise Dropped("mending one bug mends or hides another")
    if _new(report):
        raise Dropped("a part of them looks like another bug")
