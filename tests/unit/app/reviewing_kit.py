"""A learner with two questions, one guide, a clock that is set by hand, and a store without a disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from torchdojo.app.compose import Dojo
from torchdojo.app.review_settings import change_review_settings
from torchdojo.domain.knowledge import FactTable, FollowUp, Guide, Option, Question, QuizItem, Section
from torchdojo.store.memory import MemoryStore

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

OPTIONS = (Option("`(4, 3)`", True, "Sizes match from the right."), Option("`(3, 4)`", False, "Swapped."))

BROADCASTING = Question(
    "broadcasting",
    "tensors",
    "When do two shapes fit?",
    2,
    "Shapes.",
    Path("broadcasting.md"),
    answer="Compared from the right, each pair is equal or one of it is 1.",
    depth="",
    code="",
    follow_ups=(FollowUp("gradient", "What happens to the gradient?", "It is summed."),),
    tables=(FactTable("facts", "Shapes that fit", ("a", "b", "result"), (("(3,)", "(4, 3)", "(4, 3)"),)),),
    quizzes=(QuizItem("which-fit", "What comes out?", OPTIONS),),
)
SOFTMAX = Question("softmax", "losses", "Why subtract the maximum?", 2, "x", Path("s.md"), "exp overflows.", "", "")
GUIDE = Guide(
    "computation",
    "Computation",
    "Sizes.",
    1,
    10,
    Path("computation.md"),
    "",
    (Section("bytes", "Quiz: bytes", 2, "", quiz=QuizItem("bytes", "Bytes of a float16?", answer="2")),),
)


class Shelf:
    """The content; a test may take some of it away."""

    def __init__(self) -> None:
        self.asked: list[Question] = [BROADCASTING, SOFTMAX]
        self.read: list[Guide] = [GUIDE]
        self.known: dict[str, Any] = {}

    def questions(self) -> list[Question]:
        return self.asked

    def guides(self) -> list[Guide]:
        return self.read

    def find(self, slug: str) -> Any:
        return self.known.get(slug)

    def exercises(self) -> list[Any]:
        return list(self.known.values())

    def syllabi(self) -> list[Any]:
        return []


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = NOON

    def now(self) -> datetime:
        return self.moment

    def pass_by(self, **time: float) -> None:
        self.moment += timedelta(**time)


class Learner:
    """Everything a test of reviewing needs."""

    def __init__(self, store: Any = None) -> None:
        self.shelf = Shelf()
        self.clock = HandClock()
        self.store = store or MemoryStore()
        self.dojo = Dojo(cast(Any, self.shelf), self.store, cast(Any, None), self.clock)
        change_review_settings(self.dojo, zone="UTC")

    def reworded(self, **words: Any) -> None:
        """The same content in other words."""
        self.shelf.asked = [replace(BROADCASTING, **words), SOFTMAX]
