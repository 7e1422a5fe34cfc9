"""What the events of an interview say, taken together: the last word on everything that can be said twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from torchdojo.domain.interview import Actor, Event, Happening, Interview, Signal
from torchdojo.domain.report import BugState, Verdict

#: How the judge's checks for further bugs begin.
_NEW_BUG = "no new bug ("


@dataclass(slots=True)
class BugHistory:
    """What runs showed of one bug. `since` is when it was fixed for good, as far as is known."""

    state: str = BugState.OPEN
    since: float | None = None
    evidence: str = ""

    def see(self, state: str, elapsed: float, evidence: str) -> None:
        """A run, or its tick, says how it stands."""
        if state == BugState.OPEN:
            self.since = None
        elif state == BugState.FIXED and self.since is None:
            self.since = elapsed
        self.state, self.evidence = state, evidence or self.evidence


@dataclass(frozen=True, slots=True)
class Run:
    """What one verdict comes to: the share that passed, what is new and wrong, the goal."""

    elapsed: float
    share: float
    passed: bool
    introduced: tuple[str, ...]
    goal: bool | None


@dataclass(slots=True)
class Gathered:
    """The last word on everything. Where something was said twice, the later event counts."""

    minutes: float
    runs: list[Run] = field(default_factory=list)
    bugs: dict[str, BugHistory] = field(default_factory=dict)
    ticks: dict[str, tuple[str, str]] = field(default_factory=dict)
    signals: dict[str, tuple[Signal | None, str]] = field(default_factory=dict)
    look_fors: dict[str, bool] = field(default_factory=dict)
    answers: dict[str, Signal | None] = field(default_factory=dict)
    bonuses: dict[str, bool] = field(default_factory=dict)
    nudges: dict[str, tuple[float, str]] = field(default_factory=dict)
    flags: list[tuple[str, str, str]] = field(default_factory=list)


def gather(interview: Interview, prices: Mapping[str, tuple[float, str]], events: Iterable[Event]) -> Gathered:
    """Go through the events by number. `prices` has the price of each nudge and the bug it is about."""
    found = Gathered(float(interview.minutes))
    for event in sorted(events, key=lambda event: event.number):
        data = event.data
        match event.kind:
            case Happening.CREATED:
                found.minutes = _number(data.get("minutes"), found.minutes)
            case Happening.EXTENDED:
                found.minutes += _number(data.get("minutes"), 0.0)
            case Happening.VERDICT:
                _take_verdict(found, event)
            case Happening.TICK if event.actor is Actor.SYSTEM:
                history = found.bugs.setdefault(_text(data, "bug"), BugHistory())
                history.see(_text(data, "state"), event.elapsed, _text(data, "evidence"))
            case Happening.TICK:
                found.ticks[_text(data, "bug")] = _text(data, "state"), _text(data, "evidence")
            case Happening.SIGNAL:
                found.signals[_text(data, "criterion")] = _signal(data.get("signal")), _text(data, "evidence")
            case Happening.LOOK_FOR:
                found.look_fors[_text(data, "look_for")] = bool(data.get("seen", True))
            case Happening.ASKED:
                found.answers[_text(data, "question")] = _signal(data.get("rating"))
            case Happening.BONUS:
                found.bonuses[_text(data, "bonus")] = bool(data.get("seen", True))
            case Happening.NUDGE:
                _take_nudge(found, event, prices)
            case Happening.FLAG:
                found.flags.append((_text(data, "flag"), _text(data, "criterion"), _text(data, "text")))
    found.flags.sort()
    return found


def _take_verdict(found: Gathered, event: Event) -> None:
    report = event.data.get("report")
    if not isinstance(report, Mapping) or report.get("verdict") == Verdict.INTERNAL_ERROR:
        return  # We broke: that says nothing about the candidate.
    for bug in _tables(report, "bugs"):
        history = found.bugs.setdefault(_text(bug, "id"), BugHistory())
        history.see(_text(bug, "state"), event.elapsed, _text(bug, "evidence"))
    goal = report.get("goal")
    found.runs.append(
        Run(
            elapsed=event.elapsed,
            share=min(1.0, max(0.0, _number(report.get("score"), 0.0))),
            passed=report.get("verdict") == Verdict.PASSED,
            introduced=tuple(
                name.removeprefix(_NEW_BUG).removesuffix(")")
                for check in _tables(report, "checks")
                if (name := _text(check, "name")).startswith(_NEW_BUG) and check.get("outcome") == "failed"
            ),
            goal=bool(goal.get("met")) if isinstance(goal, Mapping) else None,
        )
    )


def _take_nudge(found: Gathered, event: Event, prices: Mapping[str, tuple[float, str]]) -> None:
    """The same nudge said twice costs once; what is written freely costs each time."""
    name = _text(event.data, "nudge")
    known, bug = prices.get(name, (0.0, ""))
    price = max(0.0, _number(event.data.get("price"), known))
    key = name or f"free-{event.number}"
    found.nudges[key] = max(price, found.nudges.get(key, (0.0, ""))[0]), bug


def _tables(report: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    entries = report.get(key)
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, (list, tuple)) else []


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key, "")
    return value if isinstance(value, str) else str(value)


def _number(value: object, otherwise: float) -> float:
    fits = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9
    return float(value) if fits else otherwise  # type: ignore[arg-type]


def _signal(value: object) -> Signal | None:
    return next((signal for signal in Signal if signal == value), None)
