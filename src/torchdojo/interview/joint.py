"""The scores of two interviewers as one: what each gave, where they differ, and the mean of both (docs/scoring.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import mean, median_low

from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Event, Interview, Signal
from torchdojo.interview.rules import RULES, Rules
from torchdojo.interview.scorecard import CriterionScore, Part, Scorecard
from torchdojo.interview.scoring import band_of, ratings, score
from torchdojo.interview.seats import FIRST, SECOND, of_seat, scoring_of

_ORDER = list(Signal)


@dataclass(frozen=True, slots=True)
class Apart:
    """What two interviewers gave to the same thing; `steps` is how far apart, None when one gave nothing."""

    id: str
    title: str
    first: Signal | None
    second: Signal | None
    first_said: str = ""
    second_said: str = ""

    @property
    def steps(self) -> int | None:
        """0 for the same signal, 2 for weak against strong."""
        if self.first is None or self.second is None:
            return None
        return abs(_ORDER.index(self.first) - _ORDER.index(self.second))


@dataclass(frozen=True, slots=True)
class Joint:
    """Two interviewers' scorecards of one interview, what they come to together, and where they differ."""

    first: Scorecard
    second: Scorecard
    both: Scorecard
    criteria: tuple[Apart, ...]
    questions: tuple[Apart, ...]

    @property
    def agreed(self) -> int:
        """To how many criteria both gave the same signal."""
        return sum(apart.steps == 0 for apart in self.criteria)


def joint_of(
    interview: Interview, exercise: Exercise | None, events: Iterable[Event], rules: Rules = RULES
) -> Joint | None:
    """Both scores and their mean; None for one interviewer, and as long as the two are kept apart."""
    log = list(events)
    if not scoring_of(log).revealed:
        return None
    own = [of_seat(seat, log) for seat in (FIRST, SECOND)]
    first, second = (score(interview, exercise, each, rules) for each in own)
    return Joint(
        first,
        second,
        _together(interview, exercise, first, second),
        tuple(differences(first, second)),
        answers_apart(interview, exercise, *own),
    )


def decided(interview: Interview, exercise: Exercise | None, events: Iterable[Event]) -> Scorecard:
    """What counts: of two interviewers both once they see each other's scores, and till then the first one's."""
    log = list(events)
    joint = joint_of(interview, exercise, log)
    return joint.both if joint else score(interview, exercise, of_seat(FIRST, log))


def differences(first: Scorecard, second: Scorecard) -> list[Apart]:
    """The criteria with the signals of both."""
    pairs = zip(first.criteria, second.criteria, strict=True)
    return [Apart(a.id, a.title, a.signal, b.signal, a.evidence, b.evidence) for a, b in pairs]


def answers_apart(
    interview: Interview, exercise: Exercise | None, first: Iterable[Event], second: Iterable[Event]
) -> tuple[Apart, ...]:
    """The questions that either rated the answer to, with both ratings."""
    rated, again = ratings(first), ratings(second)
    return tuple(
        Apart(question.id, question.question, rated.get(question.id), again.get(question.id))
        for question in interview.questions(exercise)
        if question.id in rated or question.id in again
    )


def _together(interview: Interview, exercise: Exercise | None, first: Scorecard, second: Scorecard) -> Scorecard:
    """The mean of both. Who has not rated everything is left out, unless neither has."""
    counted = [card for card in (first, second) if card.complete] or [first, second]
    if len(counted) == 1:
        return counted[0]
    total = round(mean(card.total for card in counted), 1)
    criteria = tuple(_criterion(a, b) for a, b in zip(first.criteria, second.criteria, strict=True))
    unrated = tuple(criterion.id for criterion in criteria if criterion.signal is None)
    return replace(
        first,
        total=total,
        band=band_of(interview, exercise, total, proved=first.proved),
        complete=not unrated,
        unrated=unrated,
        parts=_parts(first.parts, second.parts),
        criteria=criteria,
        remarks=tuple(dict.fromkeys((*first.remarks, *second.remarks))),
    )


def _criterion(one: CriterionScore, other: CriterionScore) -> CriterionScore:
    """With the signal in the middle; of neighbours the weaker one."""
    given = [_ORDER.index(each.signal) for each in (one, other) if each.signal is not None]
    if len(given) == 2 and abs(given[0] - given[1]) == 2:
        given = [1]
    return replace(one, signal=_ORDER[median_low(given)] if given else None)


def _parts(first: Sequence[Part], second: Sequence[Part]) -> tuple[Part, ...]:
    """The mean of each among those who have it; a bonus that one of them gave counts half."""
    found: dict[str, list[Part]] = {}
    for part in (*first, *second):
        found.setdefault(part.id, []).append(part)
    return tuple(
        replace(
            parts[0],
            points=sum(part.points for part in parts) / (2 if name == "bonus" else len(parts)),
            told="; ".join(dict.fromkeys(part.told for part in parts)),
        )
        for name, parts in found.items()
    )
