"""How far a verification of several exercises is, told as it goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from torchdojo.authoring.verification import Verification


@dataclass(frozen=True, slots=True)
class Standing:
    """`share` of everything is done, from 0 to 1; `finished` of `of` exercises; `what` was graded last.

    `ended` is the verification that has ended just now; None after a grading.
    """

    share: float
    finished: int
    of: int
    gradings: int
    what: str
    ended: Verification | None = None


class Board:
    """Takes what the exercises report, from any thread, and tells how the whole stands, one word at a time."""

    def __init__(self, of: int, tell: Callable[[Standing], None]) -> None:
        self._of = of
        self._tell = tell
        self._lock = threading.Lock()
        self._shares: dict[str, float] = {}
        self._finished = 0
        self._gradings = 0

    def graded(self, exercise: str, done: int, of: int, what: str) -> None:
        """One more grading of an exercise: now `done` of `of`."""
        with self._lock:
            self._gradings += 1
            self._shares[exercise] = done / of
            self._tell(self._standing(f"{exercise}: {what}"))

    def ended(self, result: Verification) -> None:
        """An exercise has ended, whether or not anything of it was graded."""
        with self._lock:
            self._finished += 1
            self._shares[result.exercise] = 1.0
            self._tell(self._standing(result.exercise, result))

    def _standing(self, what: str, ended: Verification | None = None) -> Standing:
        share = sum(self._shares.values()) / self._of
        return Standing(share, self._finished, self._of, self._gradings, what, ended)
