"""What is known of a base: the places where a bug was planted alone and was seen, alone, in every run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from torchdojo.bugs import Place, bug_kinds
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.proof import BugProof, Proof
from torchdojo.domain.report import BugState, Verdict

_DIFFICULTIES = ("easy", "easy-medium", "medium", "medium-hard", "hard")
HARDEST = len(_DIFFICULTIES)


class Effect(StrEnum):
    """What a bug does to the run, as the proof measured it."""

    CRASH = "crash"
    VISIBLE = "visible"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Entry:
    """One place that can be broken, and what was measured with it broken and nothing else."""

    place: Place
    effect: Effect
    metrics: tuple[float | None, ...]
    evidence: str

    @property
    def difficulty(self) -> int:
        """From 1 to 5: how hard the kind is to find, less one when the run crashes, plus one when nothing shows."""
        known = 1 + _DIFFICULTIES.index(bug_kinds()[self.place.kind].difficulty)
        change = {Effect.CRASH: -1, Effect.VISIBLE: 0, Effect.SILENT: 1}[self.effect]
        return min(HARDEST, max(1, known + change))


@dataclass(frozen=True, slots=True)
class Atlas:
    """A base with its places. `sound` are the figures of the goal in the sound runs."""

    base: Exercise
    entries: tuple[Entry, ...]
    sound: tuple[float | None, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds that can be planted here."""
        return frozenset(entry.place.kind for entry in self.entries)


def read_atlas(base: Exercise, proof: Proof) -> Atlas:
    """The atlas in a base's proof; kinds that are no longer known are left out."""
    kept = (bug for bug in proof.bugs if bug.kind in bug_kinds() and _is_seen_alone(bug))
    entries = tuple(Entry(Place.parse(bug.id), _effect(bug), bug.metrics, bug.evidence) for bug in kept)
    return Atlas(base, entries, tuple(run.metric for run in proof.solution))


def drill_level(entries: tuple[Entry, ...]) -> int:
    """From 1 to 5: the hardest bug's difficulty; three bugs and more make one step."""
    return min(HARDEST, max(entry.difficulty for entry in entries) + (len(entries) >= 3))


def _is_seen_alone(bug: BugProof) -> bool:
    return bug.state is BugState.OPEN and not bug.others and Verdict.PASSED not in bug.verdicts


def _effect(bug: BugProof) -> Effect:
    if any(verdict is not Verdict.WRONG_ANSWER for verdict in bug.verdicts):
        return Effect.CRASH
    return Effect.SILENT if all(bug.goal_met) else Effect.VISIBLE
