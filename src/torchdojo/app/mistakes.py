"""The learner's own mistakes as cards: the check that failed, the kind of bug that was overlooked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from torchdojo.app.compose import Dojo
from torchdojo.app.starters import debugging_starter
from torchdojo.domain.attempt import Attempt
from torchdojo.domain.card import Card, CardKind
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.report import BugState, Verdict

if TYPE_CHECKING:
    from torchdojo.bugs import BugKind

#: The topic of these cards.
MISTAKES = "mistakes"

#: Attempts searched at a time: each holds a whole report.
_AT_ONCE = 50


def mistake_cards(dojo: Dojo) -> list[Card]:
    """Every card from an own mistake. Attempts made since the last time are searched first."""
    searched = dojo.store.searched_for_mistakes()
    while attempts := dojo.store.attempts_after(searched, _AT_ONCE):
        found = [(card, attempt.id) for attempt in attempts for card in _mistakes(dojo, attempt)]
        searched = attempts[-1].id
        dojo.store.save_own_cards(found, searched)
    return dojo.store.own_cards()


def _mistakes(dojo: Dojo, attempt: Attempt) -> Iterator[Card]:
    if attempt.report.verdict is not Verdict.WRONG_ANSWER:
        return
    try:
        exercise = dojo.library.find(attempt.exercise)
    except BadContent:
        return
    if exercise is None:
        return
    if exercise.kind is Kind.IMPLEMENT:
        yield from _failed_check(exercise, attempt)
    elif exercise.kind is Kind.DEBUG:
        yield from _open_bugs(exercise, attempt)


def _failed_check(exercise: Exercise, attempt: Attempt) -> Iterator[Card]:
    # The others often fail for the same reason.
    failed = next((check for check in attempt.report.checks if check.failed), None)
    if failed is None or attempt.source.strip() == exercise.starter.strip():
        return
    lesson = failed.failure.lesson if failed.failure else ""
    call = f"\n\n`{failed.failure.spoken_call}`" if failed.failure and failed.failure.call else ""
    asked = f"**{exercise.title}**: your answer failed the check *{failed.spoken}*.{call}"
    yield Card(
        f"mistake/{exercise.id}/{failed.name}",
        CardKind.BASIC,
        MISTAKES,
        f"{asked}\n\nWhat goes wrong there, and how is it done right?",
        "\n\n".join(part for part in (lesson, failed.message.strip()) if part) or "The solution shows it.",
        exercise.title,
        f"exercise:{exercise.id}",
    )


def _open_bugs(exercise: Exercise, attempt: Attempt) -> Iterator[Card]:
    # Nobody overlooked anything by running the script as it was handed out.
    if attempt.source.strip() == debugging_starter(exercise).strip():
        return
    from torchdojo.bugs import bug_kinds

    kinds = bug_kinds()
    known = {bug.id: bug.kind for bug in exercise.bugs}
    for bug in attempt.report.bugs:
        kind = kinds.get(known.get(bug.id, ""))
        if bug.state is BugState.OPEN and kind is not None:
            yield _drill(kind, f"in your script of *{exercise.title}*", exercise.title)


def drill_cards(kinds: Iterable[str]) -> Iterator[Card]:
    """Cards to find those kinds of bugs again, after an interview that left them open. ValueError for what is none."""
    from torchdojo.bugs import bug_kinds

    known = bug_kinds()
    for slug in kinds:
        if slug not in known:
            raise ValueError(f"there is no kind of bug {slug!r}")
        yield _drill(known[slug], "in your script when the interview ended", "Your interview")


def _drill(kind: BugKind, where: str, source: str) -> Card:
    sections = kind.documentation()
    told = "\n\n".join(f"**{heading}.** {sections[heading]}" for heading in ("How to find it", "Fix"))
    return Card(
        f"drill/{kind.slug}",
        CardKind.DRILL,
        MISTAKES,
        f"**{kind.title}**: this was still {where}.\n\n"
        "How does it show, and how do you find it? Say it, then find it once more in a fresh script.",
        f"{kind.summary}\n\n{told}",
        source,
        f"kind:{kind.slug}",
    )
