"""What to study after an interview, and how it comes into the candidate's own torchdojo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from torchdojo.app.card_exchange import FORMAT, entry_data
from torchdojo.app.card_sources import question_cards
from torchdojo.app.compose import Dojo
from torchdojo.app.review_settings import MOST_DAYS
from torchdojo.domain.card import Act, Phase, Rating, ReviewLog
from torchdojo.domain.interview import Signal
from torchdojo.interview.report import Report, Study
from torchdojo.interview.scorecard import BugMark
from torchdojo.scheduling.memory import Tuning

if TYPE_CHECKING:
    from torchdojo.bugs import BugKind

#: Of what leads on from one kind of bug, so many questions and so many exercises.
_QUESTIONS, _EXERCISES = 2, 1


def studies(dojo: Dojo, report: Report) -> tuple[Study, ...]:
    """What to look at, the bugs that stayed open first. It names nothing but bugs and the content."""
    found = [*_of_bugs(dojo, report), *_of_checks(report)]
    first: dict[str, Study] = {}
    for study in found:
        first.setdefault(study.link, study)
    return tuple(first.values())


def _of_bugs(dojo: Dojo, report: Report) -> Iterator[Study]:
    from torchdojo.bugs import bug_kinds

    kinds = bug_kinds()
    order = [BugMark.OPEN, BugMark.PARTLY, BugMark.LATE, BugMark.FIXED]
    doubtful = {asked.bug for asked in report.questions if asked.bug and asked.rating in (Signal.WEAK, Signal.MEDIUM)}
    for bug in sorted(report.bugs, key=lambda bug: order.index(bug.mark)):
        kind = kinds.get(bug.kind)
        if kind is None or (bug.mark is BugMark.FIXED and not bug.nudges and bug.id not in doubtful):
            continue
        said = f"{bug.title}: {bug.mark if bug.mark is not BugMark.FIXED else 'worth another look'}"
        yield Study(f"kind:{kind.slug}", kind.title, said)
        if not bug.mark.mended:
            yield from _leading_on(dojo, report, kind, said)
            yield Study(f"drill:{kind.slug}", f"Find it again: {kind.title}", said)


def _leading_on(dojo: Dojo, report: Report, kind: BugKind, said: str) -> Iterator[Study]:
    questions = (question for question in dojo.library.questions() if kind.slug in question.bugs)
    for question in islice(questions, _QUESTIONS):
        yield Study(f"question:{question.slug}", question.title, said)
    exercises = (
        exercise
        for exercise in dojo.library.exercises()
        if exercise.id != report.exercise and kind.slug in {bug.kind for bug in exercise.bugs}
    )
    for exercise in islice(exercises, _EXERCISES):
        yield Study(f"exercise:{exercise.id}", exercise.title, said)


def _of_checks(report: Report) -> Iterator[Study]:
    failed = [check for check in report.checks if check.outcome != "passed"]
    if failed or (report.exercise and not report.runs):
        said = f"{len(failed)} checks open" if failed else "nothing was run"
        yield Study(f"exercise:{report.exercise}", report.exercise_title, said)


def review_data(dojo: Dojo, report: Report) -> dict[str, Any]:
    """The same as `torchdojo review --import` takes it: cards that are due at once, and kinds to drill.

    Each counts as asked in the interview and not known yet; a card that has a history already keeps its own.
    """
    from torchdojo.bugs import bug_kinds

    at = (report.began + timedelta(seconds=report.spent)) if report.began else None
    cards = [] if at is None else list(dict.fromkeys(_cards(dojo, report.study)))
    tuning = Tuning()
    entries = [
        ReviewLog(card, 0, Act.REVIEW, at, Rating.AGAIN, Phase.NEW, tuning.retention, MOST_DAYS)
        for card in cards
        if at is not None
    ]
    drills = [study.link.removeprefix("drill:") for study in report.study if study.link.startswith("drill:")]
    return {
        "format": FORMAT,
        "log": [entry_data(entry) for entry in entries],
        "notes": [],
        "drills": [kind for kind in drills if kind in bug_kinds()],
    }


def _cards(dojo: Dojo, study: Iterable[Study]) -> Iterator[str]:
    from torchdojo.bugs import bug_kinds

    for each in study:
        kind, _, name = each.link.partition(":")
        if kind == "kind":
            yield from (f"kind/{name}/{number}" for number, _ in enumerate(bug_kinds()[name].interview, 1))
        elif kind == "drill":
            yield f"drill/{name}"
        elif kind == "question" and (question := dojo.library.question(name)) is not None:
            yield next(question_cards(question)).id
