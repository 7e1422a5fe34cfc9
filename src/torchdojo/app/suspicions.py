"""Diagnosis first: hand in marked lines and named kinds before anything is mended."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from torchdojo.app.catalogue import find_exercise, suggestion
from torchdojo.app.compose import Dojo
from torchdojo.app.hiding import refuse_hidden
from torchdojo.app.starters import debugging_starter
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.suspicion import Culprit, Diagnosis, Innocent, KeptDiagnosis, Suspicion, judge

#: More marks than this are no diagnosis.
MOST = 20


@dataclass(frozen=True, slots=True)
class DiagnosisState:
    """Where diagnosing an exercise stands.

    `latest` is the diagnosis handed in last, judged; `number` says how many there were. `counted` is the score of the
    one that counts: the first, if it came before anything was judged. `open` says that the next one would count.
    """

    latest: Diagnosis | None
    number: int
    counted: float | None
    open: bool

    @property
    def latest_counts(self) -> bool:
        """Whether the diagnosis handed in last is the one that counts."""
        return self.number == 1 and self.counted is not None


def diagnosis_state(dojo: Dojo, exercise_id: str) -> DiagnosisState:
    """Where diagnosing an exercise stands. Raises BadInput when there is nothing to diagnose."""
    exercise = _debugging(dojo, exercise_id)
    kept = dojo.store.diagnoses(exercise.id)
    if not kept:
        return DiagnosisState(None, 0, None, not dojo.store.attempts(exercise.id))
    starter = _starter(exercise)
    latest = judge(kept[-1].suspicions, culprits(exercise, starter), innocents(exercise, starter))
    return DiagnosisState(latest, len(kept), counted_score(dojo, exercise.id), False)


def counted_score(dojo: Dojo, exercise_id: str) -> float | None:
    """The score of the diagnosis that counts: the first, if it came before anything was judged."""
    kept = dojo.store.diagnoses(exercise_id)
    judged = min((attempt.submitted_at for attempt in dojo.store.attempts(exercise_id)), default=None)
    return kept[0].score if kept and (judged is None or kept[0].made_at <= judged) else None


def diagnose_first(dojo: Dojo, exercise_id: str, suspicions: Sequence[Suspicion]) -> Diagnosis:
    """Judge and keep a diagnosis of an exercise's starter.

    Raises BadInput: no debugging exercise, a hidden script, a line that the starter does not have, an unknown kind,
    nothing or too much marked.
    """
    exercise = _debugging(dojo, exercise_id)
    refuse_hidden(dojo, exercise.id)
    starter = _starter(exercise)
    _check(suspicions, len(starter))
    diagnosis = judge(suspicions, culprits(exercise, starter), innocents(exercise, starter))
    kept = KeptDiagnosis(exercise.id, tuple(suspicions), diagnosis.score, dojo.clock.now())
    dojo.store.add_diagnosis(kept)
    return diagnosis


def earlier_diagnoses(dojo: Dojo, exercise_id: str) -> list[KeptDiagnosis]:
    """The diagnoses handed in for an exercise, the first one first."""
    return dojo.store.diagnoses(_debugging(dojo, exercise_id).id)


def suspects() -> list[tuple[str, str]]:
    """Slug and title of every kind that can be named."""
    from torchdojo.bugs import bug_kinds

    return [(kind.slug, kind.title) for kind in bug_kinds().values()]


def culprits(exercise: Exercise, starter: Sequence[str]) -> list[Culprit]:
    """Where each planted bug sits in the starter: the lines that change when it alone is mended."""
    found = []
    for bug in exercise.bugs:
        others = tuple(other for other in exercise.bugs if other is not bug)
        mended = _starter(replace(exercise, bugs=others)) if others else exercise.solution.splitlines()
        changed = difflib.SequenceMatcher(None, mended, list(starter), autojunk=False).get_opcodes()
        lines = [(j1 + 1, max(j1 + 1, j2)) for tag, _, _, j1, j2 in changed if tag != "equal"]
        if lines:
            found.append(Culprit(bug.id, bug.kind, lines[0][0], lines[-1][1]))
    return found


def innocents(exercise: Exercise, starter: Sequence[str]) -> list[Innocent]:
    """The decoys that are still as they were in the starter."""
    return [
        Innocent(number, decoy.looks_like, decoy.why)
        for decoy in exercise.decoys
        for number, line in enumerate(starter, start=1)
        if decoy.text in line
    ]


def _debugging(dojo: Dojo, exercise_id: str) -> Exercise:
    exercise = find_exercise(dojo, exercise_id)
    if exercise.kind is not Kind.DEBUG:
        raise BadInput(f"There is nothing to diagnose in {exercise.id}.", "Choose a debugging exercise or a drill.")
    return exercise


def _starter(exercise: Exercise) -> list[str]:
    return debugging_starter(exercise).splitlines()


def _check(suspicions: Sequence[Suspicion], lines: int) -> None:
    from torchdojo.bugs import bug_kinds

    if not suspicions:
        raise BadInput("No line is marked.", "Name at least one line and the kind of bug you suspect there.")
    if len(suspicions) > MOST:
        raise BadInput(f"{len(suspicions)} lines are marked.", f"Decide: at most {MOST} can be handed in.")
    for suspicion in suspicions:
        if not 1 <= suspicion.line <= lines:
            raise BadInput(f"There is no line {suspicion.line}.", f"The starter has {lines} lines.")
        if suspicion.kind not in bug_kinds():
            raise BadInput(f"There is no bug kind {suspicion.kind!r}.", suggestion(suspicion.kind, list(bug_kinds())))
