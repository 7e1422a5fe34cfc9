"""Derive the report of an interview: the same script, exercise, log and texts always give the same report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Event, Interview
from torchdojo.domain.report import BugState
from torchdojo.interview.changes import changes
from torchdojo.interview.fields import number, readable, tables, text
from torchdojo.interview.gathering import introduced
from torchdojo.interview.joint import joint_of
from torchdojo.interview.report import (
    BandTold,
    BonusTold,
    BugTold,
    CheckTold,
    CriterionTold,
    FlagTold,
    LookForTold,
    LookTold,
    QuestionTold,
    Report,
    RunTold,
    StageTold,
)
from torchdojo.interview.rules import RULES, Rules
from torchdojo.interview.scorecard import CriterionScore, Scorecard
from torchdojo.interview.scoring import score
from torchdojo.interview.seats import FIRST, NOBODY, of_seat, scoring_of
from torchdojo.interview.story import Ran, Story, story_of


def report_of(
    interview: Interview,
    exercise: Exercise | None,
    events: Iterable[Event],
    *,
    seat: int = FIRST,
    room: str = "",
    before: str = "",
    after: str = "",
    fault: str = "",
    remarks: tuple[str, ...] = (),
    rules: Rules = RULES,
) -> Report:
    """The report for one of two interviewers, by their seat; for somebody who only reads along it has no scores.

    `before` and `after` are the shared text at its beginning and end, which follow from the log too.
    """
    whole = list(events)
    log = of_seat(seat, whole) if scoring_of(whole).interviewers > 1 else whole
    story = story_of(log, float(interview.minutes))
    card = score(interview, exercise, log, rules)
    joint = None if seat == NOBODY else joint_of(interview, exercise, whole, rules)
    band = next(band for band in interview.bands if band.id == (joint.both if joint else card).band)
    first, last = readable(before), readable(after)
    return Report(
        room=room,
        interview=interview.slug,
        title=interview.title,
        round=str(interview.round),
        exercise="" if exercise is None else exercise.id,
        exercise_title="" if exercise is None else exercise.title,
        filename="" if exercise is None else exercise.filename,
        seed=story.seed,
        began=story.began,
        minutes=story.minutes,
        spent=story.elapsed,
        ended=story.ended,
        fault=fault,
        remarks=(*remarks, *card.remarks),
        card=card,
        band=BandTold(band.id, band.title, band.reading),
        criteria=tuple(_criteria(interview, card, rules)),
        stages=tuple(_stages(interview, story)),
        bugs=tuple(_bugs(exercise, card, story)),
        checks=_checks(story),
        runs=tuple(_runs(exercise, story, first)),
        nudges=tuple(story.nudges),
        look_fors=tuple(_look_fors(interview, story)),
        questions=tuple(_questions(interview, exercise, story)),
        bonuses=tuple(BonusTold(each.text, each.points, story.bonuses.get(each.id)) for each in interview.bonuses),
        flags=tuple(_flags(interview, story)),
        notes=tuple(story.notes),
        released=tuple(story.released),
        before=first,
        after=last,
        lines=changes(first, last),
        joint=joint,
        begins_with_looks=story.begins_with_looks,
        looks=tuple(_looks(interview, story)),
    )


def _titles(interview: Interview) -> Mapping[str, str]:
    return {criterion.id: criterion.title for criterion in interview.criteria}


def _criteria(interview: Interview, card: Scorecard, rules: Rules) -> Iterator[CriterionTold]:
    said = {each.id: each.text for stage in interview.stages for each in stage.look_fors}
    rated = sum(criterion.weight for criterion in card.criteria if criterion.signal is not None)
    for criterion in card.criteria:
        points, of = _points(criterion, rated, float(interview.shares.criteria), rules)
        yield CriterionTold(
            id=criterion.id,
            title=criterion.title,
            weight=criterion.weight,
            signal=criterion.signal,
            suggested=criterion.suggested,
            points=points,
            of=of,
            evidence=criterion.evidence,
            seen=tuple(said[name] for name in criterion.seen),
            missed=tuple(said[name] for name in criterion.missed),
            green=criterion.green,
            red=criterion.red,
        )


def _points(criterion: CriterionScore, rated: int, share: float, rules: Rules) -> tuple[float, float]:
    if criterion.signal is None or not rated:
        return 0.0, 0.0
    of = share * criterion.weight / rated
    return round(of * rules.worth(criterion.signal), 1), round(of, 1)


def _stages(interview: Interview, story: Story) -> Iterator[StageTold]:
    for stage in interview.stages:
        spans = tuple((since, until) for name, since, until in story.stages if name == stage.id)
        spent = sum(until - since for since, until in spans)
        yield StageTold(stage.id, stage.title, stage.minutes, spent, spans)


def _looks(interview: Interview, story: Story) -> Iterator[LookTold]:
    titles = {stage.id: stage.title for stage in interview.stages}
    for look in story.looks:
        yield replace(look, stage=titles.get(look.stage, look.stage))


def _bugs(exercise: Exercise | None, card: Scorecard, story: Story) -> Iterator[BugTold]:
    kinds = {bug.id: bug.kind for bug in exercise.bugs} if exercise else {}
    for bug in card.bugs:
        first = story.first_fixed.get(bug.id)
        yield BugTold(bug.id, kinds[bug.id], bug.title, bug.mark, first, bug.at, bug.evidence, bug.nudges)


def _in_order(story: Story) -> list[Ran]:
    return sorted(story.runs.values(), key=lambda ran: (ran.at, ran.number))


def _checks(story: Story) -> tuple[CheckTold, ...]:
    last = next((ran for ran in reversed(_in_order(story)) if ran.counts), None)
    if last is None or tables(last.report, "bugs"):
        return ()
    return tuple(CheckTold(_spoken(text(check, "name")), text(check, "outcome")) for check in _real(last))


def _real(ran: Ran) -> Sequence[Mapping[str, object]]:
    return [check for check in tables(ran.report, "checks") if text(check, "name")]


def _spoken(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ")


def _runs(exercise: Exercise | None, story: Story, before: str) -> Iterator[RunTold]:
    titles = {bug.id: bug.title for bug in exercise.bugs} if exercise else {}
    states: dict[str, str] = {}
    source = before
    for ran in _in_order(story):
        now = {text(bug, "id"): text(bug, "state") for bug in tables(ran.report, "bugs")} if ran.counts else {}
        fixed = [name for name in now if now[name] == BugState.FIXED and states.get(name) != BugState.FIXED]
        back = [name for name in now if now[name] == BugState.OPEN and states.get(name) == BugState.FIXED]
        checks = _real(ran) if ran.counts and not now else []
        goal = ran.report.get("goal")
        met, measured = (goal.get("met") is True, goal.get("measured")) if isinstance(goal, Mapping) else (None, None)
        yield RunTold(
            number=ran.number,
            at=ran.at,
            by=ran.by,
            verdict=ran.verdict,
            fixed=tuple(titles.get(name, name) for name in fixed),
            back=tuple(titles.get(name, name) for name in back),
            introduced=introduced(ran.report) if ran.counts else (),
            passed=sum(check.get("outcome") == "passed" for check in checks),
            checks=len(checks),
            measured=None if measured is None else _finite(measured),
            met=met,
            lines=changes(source, ran.source, around=0) if ran.source else (),
        )
        states |= now
        source = ran.source or source


def _finite(value: object) -> float | None:
    found = number(value, float("nan"))
    return found if found == found else None


def _look_fors(interview: Interview, story: Story) -> Iterator[LookForTold]:
    titles = _titles(interview)
    for stage in interview.stages:
        for each in stage.look_fors:
            criterion = titles.get(each.criterion, each.criterion)
            yield LookForTold(stage.title, each.text, criterion, story.look_fors.get(each.id))


def _questions(interview: Interview, exercise: Exercise | None, story: Story) -> Iterator[QuestionTold]:
    known = {question.id: question for question in interview.questions(exercise)}
    for name, (at, rating, note) in sorted(story.asked.items(), key=lambda item: (item[1][0], item[0])):
        question = known.get(name)
        if question is not None:
            bonus, bug = question.bonus, question.bug
            yield QuestionTold(name, question.question, question.level, bonus, bug, rating, note, at)


def _flags(interview: Interview, story: Story) -> Iterator[FlagTold]:
    titles = _titles(interview)
    for flag in story.flags:
        yield FlagTold(flag.flag, titles.get(flag.criterion, flag.criterion), flag.text, flag.at)
