"""The numbers of the scoring. Changing any of them takes a new `version`; docs/scoring.md explains them."""

from __future__ import annotations

from dataclasses import dataclass

from torchdojo.domain.interview import Signal


@dataclass(frozen=True, slots=True)
class Rules:
    """What everything is worth. Points are of a hundred."""

    #: 2 adds what two interviewers' scores come to together; what one of them gives counts as it did in 1.
    version: int = 2
    #: A signal's or a rated answer's share of what it can bring.
    weak: float = 0.0
    medium: float = 0.5
    strong: float = 1.0
    #: A bug that was mended late, or is without evidence in the end.
    half: float = 0.5
    #: The goal's share of the work, and what of it is left when bugs are still there.
    goal: float = 0.1
    goal_with_bugs: float = 0.5
    new_bug: float = 5.0
    most_for_nudges: float = 25.0
    most_for_bonuses: float = 10.0
    bonus_answer_strong: float = 2.0
    bonus_answer_medium: float = 1.0
    #: From which share of the look-fors of a criterion a signal is suggested.
    suggests_strong: float = 0.75
    suggests_medium: float = 0.4

    def worth(self, signal: Signal) -> float:
        """The share that a signal brings."""
        return {Signal.WEAK: self.weak, Signal.MEDIUM: self.medium, Signal.STRONG: self.strong}[signal]


RULES = Rules()
