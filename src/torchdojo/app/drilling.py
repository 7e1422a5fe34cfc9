"""Make a fresh debugging challenge, or find the one that the same recipe has made before."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from torchdojo.app.catalogue import untouched
from torchdojo.app.compose import Dojo
from torchdojo.app.looks import Looks, looks
from torchdojo.app.suspicions import counted_score
from torchdojo.app.torch_presence import require_torch
from torchdojo.domain.attempt import Progress
from torchdojo.domain.errors import BadInput
from torchdojo.domain.exercise import Exercise
from torchdojo.drills import MOST_BUGS, Atlas, Recipe, make_drill, read_atlas

#: Seeds that are drawn are short enough to be said aloud.
_DRAWN = 100_000
MOST_SEED = (1 << 31) - 1

__all__ = [
    "MOST_BUGS",
    "MOST_SEED",
    "BaseRow",
    "Drill",
    "DrillRow",
    "base_rows",
    "drill",
    "drill_rows",
    "drills",
    "fresh_seed",
]


@dataclass(frozen=True, slots=True)
class Drill:
    """A challenge at hand. `made` is False when it was there already; `gradings` proved it just now."""

    exercise: Exercise
    recipe: Recipe
    made: bool
    gradings: int = 0
    dropped: int = 0


def fresh_seed() -> int:
    """A seed for somebody who names none."""
    return secrets.randbelow(_DRAWN)


def drill(
    dojo: Dojo,
    *,
    seed: int,
    bugs: int = 0,
    level: int = 0,
    kinds: Sequence[str] = (),
    base: str = "",
    say: Callable[[str], None] = lambda text: None,
    cancel: threading.Event | None = None,
) -> Drill:
    """The challenge of these options. Zero or empty leaves a choice to the seed.

    `say` is told what is being done. Raises BadInput for options that nothing fits, for an unknown base or kind, and
    without PyTorch; Cancelled once `cancel` is set: then nothing is left behind.
    """
    if not 0 <= seed <= MOST_SEED:
        raise BadInput(f"A seed is a number from 0 to {MOST_SEED}, not {seed}.", "Leave it out to draw one.")
    recipe = Recipe(seed, bugs, level, tuple(sorted(set(kinds))), base)
    known = dojo.library.find(recipe.id)
    if known is not None:
        return Drill(known, recipe, made=False)
    require_torch()
    folder = dojo.library.drills_folder
    if folder is None:
        raise BadInput("There is no folder for drills here.", "Open the dojo with a data folder.")
    atlases, facts = _surveyed(dojo)
    grade = partial(dojo.grader.grade, cancel=cancel)
    made = make_drill(recipe, atlases, facts, grade, folder / "drills", say=say)
    return Drill(made.exercise, recipe, made=True, gradings=made.gradings, dropped=sum(made.dropped.values()))


def drills(dojo: Dojo) -> list[Exercise]:
    """The challenges made on this machine, the latest first."""
    return dojo.library.drills()


@dataclass(frozen=True, slots=True)
class DrillRow:
    """A challenge and where the learner stands: runs, the diagnosis that counts (0 to 1), looks where there are any."""

    exercise: Exercise
    progress: Progress
    diagnosed: float | None
    looks: Looks | None


def drill_rows(dojo: Dojo, most: int) -> list[DrillRow]:
    """The challenges made last, the latest first."""
    progress = dojo.store.progress()
    return [
        DrillRow(
            exercise,
            progress.get(exercise.id) or untouched(exercise),
            counted_score(dojo, exercise.id),
            looks(dojo, exercise.id),
        )
        for exercise in dojo.library.drills()[:most]
    ]


@dataclass(frozen=True, slots=True)
class BaseRow:
    """A script that drills are made from: how many places of it can be broken, and by which kinds."""

    base: Exercise
    places: int
    kinds: tuple[str, ...]


def base_rows(dojo: Dojo) -> list[BaseRow]:
    """The bases that are proved."""
    return [BaseRow(atlas.base, len(atlas.entries), tuple(sorted(atlas.kinds))) for atlas in _surveyed(dojo)[0]]


def _surveyed(dojo: Dojo) -> tuple[list[Atlas], dict[str, dict[str, float]]]:
    """The bases that are proved, and the figures of their sound runs."""
    atlases: list[Atlas] = []
    facts: dict[str, dict[str, float]] = {}
    for base in dojo.library.bases():
        proof = dojo.library.proof(base)
        if proof is not None:
            atlases.append(read_atlas(base, proof))
            facts[base.id] = dict(proof.facts)
    return atlases, facts
