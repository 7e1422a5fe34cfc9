"""Diagnosis before the fix: the learner marks lines and names kinds; it is scored apart from the mending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

#: A mark this many lines beside the change still means it.
NEARBY = 2

_HALF = 0.5
_PRICE_OF_DECOY = 0.5
_PRICE_OF_WRONG = 0.25


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A line of the starter (1-based) and the kind of bug that is suspected there."""

    line: int
    kind: str


@dataclass(frozen=True, slots=True)
class Culprit:
    """A planted bug and the lines of the starter that it changed; `first` to `last`, both included."""

    bug: str
    kind: str
    first: int
    last: int

    def is_near(self, line: int) -> bool:
        """Whether a mark on this line means the bug."""
        return self.first - NEARBY <= line <= self.last + NEARBY


@dataclass(frozen=True, slots=True)
class Innocent:
    """A line that looks like a bug and is right; why."""

    line: int
    looks_like: str
    why: str


class Standing(StrEnum):
    """What became of a suspicion."""

    FOUND = "found"
    PLACE_ONLY = "right place, another kind"
    KIND_ONLY = "right kind, another place"
    INNOCENT = "correct code that looks like it"
    WRONG = "nothing wrong there"


@dataclass(frozen=True, slots=True)
class Judged:
    """One suspicion, its standing, and a sentence about it where there is one to say."""

    suspicion: Suspicion
    standing: Standing
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The suspicions judged, the kinds of the bugs that none of them names, and the score from 0 to 1."""

    judged: tuple[Judged, ...]
    missed: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class KeptDiagnosis:
    """A diagnosis as it was handed in. Only the first at an exercise counts: afterwards the answers are known."""

    exercise: str
    suspicions: tuple[Suspicion, ...]
    score: float
    made_at: datetime


def judge(suspicions: Sequence[Suspicion], culprits: Sequence[Culprit], innocents: Sequence[Innocent]) -> Diagnosis:
    """Judge suspicions: place and kind count one, either alone one half; decoys and guesses cost.

    The score is the sum over the number of bugs, never below zero. Each bug is found once.
    """
    found: set[str] = set()
    half: set[str] = set()
    judged = [_judged(suspicion, culprits, innocents, found, half) for suspicion in dict.fromkeys(suspicions)]
    standings = [each.standing for each in judged]
    halves = len(half - found)
    # Whoever marks a bug again with another kind or at another place is guessing.
    guesses = sum(standing not in (Standing.FOUND, Standing.INNOCENT) for standing in standings) - halves
    total = len(found) + _HALF * halves
    total -= _PRICE_OF_DECOY * standings.count(Standing.INNOCENT) + _PRICE_OF_WRONG * guesses
    missed = tuple(culprit.kind for culprit in culprits if culprit.bug not in found)
    return Diagnosis(tuple(judged), missed, max(0.0, total / len(culprits)) if culprits else 0.0)


def _judged(
    suspicion: Suspicion,
    culprits: Sequence[Culprit],
    innocents: Sequence[Innocent],
    found: set[str],
    half: set[str],
) -> Judged:
    near = [culprit for culprit in culprits if culprit.is_near(suspicion.line)]
    alike = [culprit for culprit in culprits if culprit.kind == suspicion.kind]
    both = [culprit for culprit in near if culprit in alike]
    if both:
        found.update(culprit.bug for culprit in both)
        return Judged(suspicion, Standing.FOUND)
    for innocent in innocents:
        if innocent.line == suspicion.line:
            return Judged(suspicion, Standing.INNOCENT, innocent.why)
    if near:
        half.add(near[0].bug)
        return Judged(suspicion, Standing.PLACE_ONLY)
    if alike:
        half.add(alike[0].bug)
        return Judged(suspicion, Standing.KIND_ONLY)
    return Judged(suspicion, Standing.WRONG)
