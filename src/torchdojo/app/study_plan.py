"""The plan to the interview, from the exercises not passed yet and the cards not seen yet."""

from __future__ import annotations

from collections import Counter
from datetime import date

from torchdojo.app.catalogue import list_exercises
from torchdojo.app.compose import Dojo
from torchdojo.app.review_settings import change_review_settings
from torchdojo.app.reviewing import Desk, desk
from torchdojo.domain.card import Phase
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Kind
from torchdojo.scheduling.planning import Plan, Task, plan


def study_plan(dojo: Dojo, interview: date | None = None, at: Desk | None = None) -> Plan | None:
    """The plan to `interview`, which is remembered, or to the one that is; None when no date was ever given.

    Raises BadInput for a date that is over.
    """
    at = at or desk(dojo)
    today = at.settings.days.day_of(at.now)
    if interview is not None and interview < today:
        raise BadInput(f"{interview} is over.", "Name a day from today on: torchdojo plan --date YYYY-MM-DD")
    if interview is not None:
        change_review_settings(dojo, interview=interview.isoformat())
    wanted = interview or at.settings.interview_day()
    if wanted is None or wanted < today:
        return None
    unseen = sum(at.state(card).phase is Phase.NEW for card in at.cards)
    return plan(today, wanted, _tasks(dojo), unseen, at.settings.new)


def _tasks(dojo: Dojo) -> list[Task]:
    asked: Counter[str] = Counter(
        item.requirement for syllabus in dojo.library.syllabi() for part in syllabus.parts for item in part.items
    )
    return [
        Task(
            row.exercise.id,
            row.exercise.title,
            row.exercise.track,
            row.exercise.kind is Kind.DEBUG,
            row.exercise.level,
            row.exercise.minutes,
            sum(asked[requirement] for requirement in set(row.exercise.requirements)),
        )
        for row in list_exercises(dojo)
        # Computations come as cards, with other numbers each time.
        if not row.progress.passed and row.exercise.kind is not Kind.COMPUTE
    ]
