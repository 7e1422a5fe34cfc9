"""An interview beside others: the medians of earlier sessions, and what a second interviewer saw in the same one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, median_low
from typing import Any

from torchdojo.domain.exercise import Exercise
from torchdojo.domain.interview import Actor, Event, Happening, Interview, Signal
from torchdojo.interview.fields import signal, text
from torchdojo.interview.joint import Apart, answers_apart, differences
from torchdojo.interview.report import Past
from torchdojo.interview.scorecard import Scorecard
from torchdojo.interview.scoring import score
from torchdojo.interview.seats import APART, FIRST, of_seat

SHEET_FORMAT = "torchdojo-scoring-sheet-1"

#: What a sheet has in place of the log. A note is no score.
_JUDGED = APART - {Happening.NOTE}
_ORDER = list(Signal)


def past_of(sessions: Sequence[tuple[Scorecard, float]]) -> Past | None:
    """The medians of scorecards with the seconds that each took; None without any."""
    if not sessions:
        return None
    cards = [card for card, _ in sessions]
    given: dict[str, list[int]] = {}
    for card in cards:
        for criterion in card.criteria:
            if criterion.signal is not None:
                given.setdefault(criterion.id, []).append(_ORDER.index(criterion.signal))
    return Past(
        sessions=len(sessions),
        total=round(median(card.total for card in cards), 1),
        fixed=median(card.fixed for card in cards),
        spent=median(spent for _, spent in sessions),
        nudges=median(-sum(part.points for part in card.parts if part.id == "nudges") for card in cards),
        criteria={name: str(_ORDER[median_low(places)]) for name, places in given.items()},
    )


@dataclass(frozen=True, slots=True)
class Calibration:
    """Two interviewers' scorecards of one interview, and where they differ."""

    first: Scorecard
    second: Scorecard
    criteria: tuple[Apart, ...]
    questions: tuple[Apart, ...]

    @property
    def agreed(self) -> int:
        """To how many criteria both gave the same signal."""
        return sum(apart.steps == 0 for apart in self.criteria)


def blank_sheet(interview: Interview, exercise: Exercise | None, events: Iterable[Event], room: str) -> dict[str, Any]:
    """A scoring sheet to fill in. Of what the first interviewer judged, only which questions were asked is in it."""
    asked = {text(event.data, "question") for event in of_seat(FIRST, events) if event.kind is Happening.ASKED}
    return {
        "format": SHEET_FORMAT,
        "room": room,
        "interview": interview.slug,
        "criteria": {
            criterion.id: {
                "title": criterion.title,
                "anchors": {str(name): anchor for name, anchor in criterion.anchors.items()},
                "signal": "",
                "evidence": "",
            }
            for criterion in interview.criteria
        },
        "questions": {
            question.id: {"question": question.question, "rating": ""}
            for question in interview.questions(exercise)
            if question.id in asked
        },
        "bonuses": {bonus.id: {"text": bonus.text, "seen": False} for bonus in interview.bonuses},
    }


def calibrated(
    interview: Interview, exercise: Exercise | None, events: Iterable[Event], sheet: Mapping[str, Any]
) -> Calibration:
    """Both scorecards. ValueError when the sheet is none, or either has not rated every criterion."""
    log = of_seat(FIRST, events)
    given = _by_sheet(log, sheet)
    first, second = score(interview, exercise, log), score(interview, exercise, given)
    for who, card in (("the first interviewer", first), ("the sheet", second)):
        if card.unrated:
            raise ValueError(f"{who} has not rated {', '.join(card.unrated)}")
    return Calibration(first, second, tuple(differences(first, second)), answers_apart(interview, exercise, log, given))


def _by_sheet(log: Sequence[Event], sheet: Mapping[str, Any]) -> list[Event]:
    """The log as if whoever filled in the sheet had been the only interviewer."""
    if sheet.get("format") != SHEET_FORMAT:
        raise ValueError(f"its format is {sheet.get('format')!r}")
    steps: list[tuple[Happening, dict[str, Any]]] = []
    for name, given in _entries(sheet, "criteria"):
        known = signal(given.get("signal"))
        if given.get("signal") and known is None:
            raise ValueError(f"{name} is rated {given['signal']!r}, which is none of weak, medium, strong")
        said = {"criterion": name, "signal": known, "evidence": text(given, "evidence")}
        steps.append((Happening.SIGNAL, said))
    steps += [
        (Happening.ASKED, {"question": name, "rating": given.get("rating")})
        for name, given in _entries(sheet, "questions")
    ]
    steps += [
        (Happening.BONUS, {"bonus": name, "seen": given.get("seen") is True})
        for name, given in _entries(sheet, "bonuses")
    ]
    kept = [event for event in log if event.kind not in _JUDGED]
    last = max(log, key=lambda event: event.number)
    return kept + [
        Event(last.number + place, last.at, last.elapsed, Actor.INTERVIEWER, kind, data)
        for place, (kind, data) in enumerate(steps, 1)
    ]


def _entries(sheet: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    found = sheet.get(key, {})
    if not isinstance(found, Mapping) or not all(isinstance(given, Mapping) for given in found.values()):
        raise ValueError(f"its {key} are not what a sheet has")
    return [(str(name), given) for name, given in found.items()]
