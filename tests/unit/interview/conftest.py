"""A small script and exercise, and events without a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from torchdojo.domain.exercise import BugSpec, Exercise, Goal, Kind, ProbingQuestion
from torchdojo.domain.interview import (
    Actor,
    Band,
    Bonus,
    Criterion,
    Event,
    Happening,
    Interview,
    LookFor,
    Nudge,
    Probing,
    Round,
    Shares,
    Signal,
    Stage,
)

BUGS = tuple(f"bug-{number}" for number in range(1, 9))


def criterion(name: str, weight: int) -> Criterion:
    return Criterion(name, name.title(), weight, "About it.", dict.fromkeys(Signal, "What it sounds like."))


@pytest.fixture
def exercise() -> Exercise:
    bugs = tuple(
        BugSpec(
            name,
            "missing-zero-grad",
            "train",
            name.title(),
            "convergence",
            "train",
            "medium",
            "It wanders.",
            "Look there.",
            probing=(ProbingQuestion("Why?", "Because."), ProbingQuestion("How else?", "So.")),
        )
        for name in BUGS
    )
    goal = Goal("accuracy", "accuracy", "at_least", 0.85, "85 %")
    return Exercise("spirals", Kind.DEBUG, "debugging", "Spirals", 4, 45, "x", Path(), "a.py", bugs=bugs, goal=goal)


@pytest.fixture
def interview() -> Interview:
    stages = (
        Stage(
            "read",
            "Read",
            10,
            "Read.",
            look_fors=tuple(LookFor(f"sees-{n}", "Sees it.", "debugging") for n in range(4)),
            nudges=(Nudge("parts", "Which parts?", 2), Nudge("where", "Where?", 4, "bug-1")),
        ),
        Stage("fix", "Fix", 30, "Fix.", look_fors=(LookFor("clears", "Clears.", "gradients"),), bugs=True),
        Stage("talk", "Talk", 5, "Talk.", questions=(Probing("cost", "What does it cost?", "Much."),), probing=True),
    )
    bands = (
        Band("strong-hire", "Strong hire", 85, "All.", needs_all=True),
        Band("hire", "Hire", 60, "Most."),
        Band("borderline", "Borderline", 40, "Half."),
        Band("below-bar", "Below", 20, "Some."),
        Band("no-hire", "No", 0, "None."),
    )
    return Interview(
        slug="spirals",
        title="Spirals",
        summary="x",
        file=Path("interview.toml"),
        round=Round.DEBUG,
        exercise="spirals",
        handout="Eight bugs.",
        criteria=(criterion("debugging", 3), criterion("gradients", 1)),
        stages=stages,
        bands=bands,
        bonuses=(Bonus("clipping", "Clips.", 1), Bonus("schedule", "Schedules.", 2)),
        shares=Shares(50, 15, 35),
        bonus_questions=("bug-1-2",),
    )


Happened = tuple[Happening, float, dict[str, Any]]


@pytest.fixture
def log() -> Callable[..., list[Event]]:
    """Numbers (kind, minute, data) as events; ticks and verdicts are the system's, all else the interviewer's."""

    def events(*happened: Happened) -> list[Event]:
        by_system = {Happening.VERDICT, Happening.CREATED}
        return [
            Event(
                number,
                datetime(2030, 1, 1, tzinfo=UTC),
                minute * 60.0,
                Actor.SYSTEM if kind in by_system else Actor.INTERVIEWER,
                kind,
                data,
            )
            for number, (kind, minute, data) in enumerate(happened, start=1)
        ]

    return events


def verdict(minute: float, fixed: int, *, met: bool = False, lost: int = 0, new: tuple[str, ...] = ()) -> Happened:
    """A run that shows the first `fixed` bugs as fixed, the next `lost` without evidence, the others open."""
    states = ["fixed"] * fixed + ["no_evidence"] * lost + ["open"] * (len(BUGS) - fixed - lost)
    report = {
        "verdict": "passed" if fixed == len(BUGS) and met and not new else "wrong_answer",
        "score": fixed / len(BUGS),
        "bugs": [
            {"id": name, "state": state, "evidence": f"{name}: {state}"}
            for name, state in zip(BUGS, states, strict=True)
        ],
        "goal": {"name": "accuracy", "target": 0.85, "measured": 0.9, "met": met},
        "checks": [{"name": f"no new bug ({kind})", "outcome": "failed"} for kind in new],
    }
    return Happening.VERDICT, minute, {"run": 1, "report": report}


def signal(name: str, value: str) -> Happened:
    return Happening.SIGNAL, 44, {"criterion": name, "signal": value, "evidence": "heard"}
