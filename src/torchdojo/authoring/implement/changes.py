"""The mutants of one exercise: those that are graded, and those declared to compute the same."""

from __future__ import annotations

import difflib
from functools import lru_cache

from torchdojo.authoring.mutants import Mutant, choose, mutants_of
from torchdojo.domain.errors import BadContent
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import Verdict
from torchdojo.library import MANIFEST, read_proof

#: How many a quick verification grades.
SAMPLE = 5


def sampled_mutants(exercise: Exercise) -> list[Mutant]:
    """A few that the proof says were noticed, always the same ones; the declared ones are left out."""
    proof = read_proof(exercise)
    noticed = {change.id for change in proof.mutants if change.verdict is not Verdict.PASSED} if proof else set()
    return choose([mutant for mutant in graded_mutants(exercise) if mutant.id in noticed], SAMPLE)


def graded_mutants(exercise: Exercise) -> list[Mutant]:
    """The chosen ones and the declared ones, in the order of the text. Raises BadContent for one that is none."""
    every = _mutants(exercise.solution)
    declared = declared_reasons(exercise)
    for name in declared:
        if name not in {mutant.id for mutant in every}:
            raise _stale(exercise, name, every)
    chosen = {mutant.id for mutant in choose(every)}
    return [mutant for mutant in every if mutant.id in chosen or mutant.id in declared]


def declared_reasons(exercise: Exercise) -> dict[str, str]:
    """Why each declared mutant cannot be told from the solution."""
    return {survivor.mutant: survivor.reason for survivor in exercise.survivors}


def survivors_exist(exercise: Exercise) -> str:
    """Every [[survivor]] names a mutant of the present solution, and each only once."""
    named = [survivor.mutant for survivor in exercise.survivors]
    for name in named:
        if named.count(name) > 1:
            raise BadContent(f"{exercise.folder / MANIFEST} lists the survivor {name!r} twice.", "Keep one of them.")
    graded = graded_mutants(exercise)
    return f"{len(graded)} of {len(_mutants(exercise.solution))} are graded, {len(named)} of them declared equivalent"


@lru_cache(maxsize=8)
def _mutants(source: str) -> tuple[Mutant, ...]:
    return tuple(mutants_of(source))


def _stale(exercise: Exercise, name: str, every: tuple[Mutant, ...]) -> BadContent:
    near = difflib.get_close_matches(name, [mutant.id for mutant in every], n=1, cutoff=0.4)
    return BadContent(
        f"{exercise.folder / MANIFEST}: [[survivor]] {name!r} is no mutant of solution.py.",
        f"Did you mean {near[0]!r}? Otherwise remove the entry." if near else "Remove the entry.",
    )
