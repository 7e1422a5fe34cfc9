"""What the events of an interview say, taken together: the last word on everything that can be said twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torchdojo.domain.interview import Actor, Event, Happening, Interview, Signal
from torchdojo.domain.report import BugState, Verdict
from torchdojo.interview.fields import number, signal, tables, text

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
                found.minutes = number(data.get("minutes"), found.minutes)
            case Happening.EXTENDED:
                found.minutes += number(data.get("minutes"), 0.0)
            case Happening.VERDICT:
                _take_verdict(found, event)
            case Happening.TICK if event.actor is Actor.SYSTEM:
                history = found.bugs.setdefault(text(data, "bug"), BugHistory())
                history.see(text(data, "state"), event.elapsed, text(data, "evidence"))
            case Happening.TICK:
                found.ticks[text(data, "bug")] = text(data, "state"), text(data, "evidence")
            case Happening.SIGNAL:
                found.signals[text(data, "criterion")] = signal(data.get("signal")), text(data, "evidence")
            case Happening.LOOK_FOR:
                found.look_fors[text(data, "look_for")] = bool(data.get("seen", True))
            case Happening.ASKED:
                found.answers[text(data, "question")] = signal(data.get("rating"))
            case Happening.BONUS:
                found.bonuses[text(data, "bonus")] = bool(data.get("seen", True))
            case Happening.NUDGE:
                _take_nudge(found, event, prices)
            case Happening.FLAG:
                found.flags.append((text(data, "flag"), text(data, "criterion"), text(data, "text")))
    found.flags.sort()
    return found


def _take_verdict(found: Gathered, event: Event) -> None:
    report = event.data.get("report")
    if not isinstance(report, Mapping) or report.get("verdict") == Verdict.INTERNAL_ERROR:
        return  # We broke: that says nothing about the candidate.
    for bug in tables(report, "bugs"):
        history = found.bugs.setdefault(text(bug, "id"), BugHistory())
        history.see(text(bug, "state"), event.elapsed, text(bug, "evidence"))
    goal = report.get("goal")
    found.runs.append(
        Run(
            elapsed=event.elapsed,
            share=min(1.0, max(0.0, number(report.get("score"), 0.0))),
            passed=report.get("verdict") == Verdict.PASSED,
            introduced=introduced(report),
            goal=bool(goal.get("met")) if isinstance(goal, Mapping) else None,
        )
    )


def introduced(report: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds of bugs that a run shows and the exercise did not have."""
    return tuple(
        name.removeprefix(_NEW_BUG).removesuffix(")")
        for check in tables(report, "checks")
        if (name := text(check, "name")).startswith(_NEW_BUG) and check.get("outcome") == "failed"
    )


def _take_nudge(found: Gathered, event: Event, prices: Mapping[str, tuple[float, str]]) -> None:
    """The same nudge said twice costs once; what is written freely costs each time."""
    name = text(event.data, "nudge")
    known, bug = prices.get(name, (0.0, ""))
    price = max(0.0, number(event.data.get("price"), known))
    key = name or f"free-{event.number}"
    found.nudges[key] = max(price, found.nudges.get(key, (0.0, ""))[0]), bug
