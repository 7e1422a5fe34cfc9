"""Makes a challenge: plans are drawn until one is proved, and only that one is written down."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from torchdojo.domain.errors import BadInput, InternalError
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.proof import Claim, Proof
from torchdojo.domain.report import Report, Verdict
from torchdojo.drills.atlas import Atlas
from torchdojo.drills.challenge import write_challenge
from torchdojo.drills.planning import Plan, plans
from torchdojo.drills.proving import Dropped, Grade, Proved, prove
from torchdojo.drills.recipe import Recipe
from torchdojo.library import folder_digest, load_exercise, torch_version, write_proof

#: Plans that are tried before it is said that nothing fits.
MOST_TRIED = 25

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Made:
    """A challenge on disk. `gradings` proved it; `dropped` counts the plans tried before, by the reason."""

    exercise: Exercise
    gradings: int
    dropped: Mapping[str, int] = field(default_factory=dict)


def make_drill(
    recipe: Recipe,
    atlases: Sequence[Atlas],
    facts: Mapping[str, Mapping[str, float]],
    grade: Grade,
    into: Path,
    *,
    say: Say = lambda text: None,
) -> Made:
    """Make the challenge of this recipe as a folder in `into`; one that is there already is made anew.

    `facts` are the figures of each base's sound run, by its id. Raises BadInput when nothing fits the recipe,
    InternalError when the grader breaks, and whatever `grade` raises (Cancelled); then nothing is left behind.
    """
    dropped: Counter[str] = Counter()
    gradings = 0

    def counting(exercise: Exercise, source: str, *, seed: int | None = None) -> Report:
        nonlocal gradings
        gradings += 1
        return _judged(grade, exercise, source, seed)

    for tried, plan in enumerate(plans(recipe, atlases)):
        if tried == MOST_TRIED:
            break
        try:
            proved = prove(plan, counting, _grading_seed(recipe), say=say)
        except Dropped as reason:
            dropped[str(reason)] += 1
            continue
        exercise = _write(recipe, plan, proved, facts.get(plan.atlas.base.id, {}), into)
        return Made(exercise, gradings, dict(dropped))
    why = "; ".join(f"{reason} ({number})" for reason, number in dropped.most_common(3))
    raise BadInput(
        f"None of {sum(dropped.values())} challenges for these options could be proved: {why}.",
        "Ask for fewer bugs, other kinds, or another base.",
    )


def _judged(grade: Grade, exercise: Exercise, source: str, seed: int | None) -> Report:
    """The report; tried again where the grader broke. To go on to another plan would make another challenge of the
    same recipe, by chance."""
    report = grade(exercise, source, seed=seed)
    if report.verdict is Verdict.INTERNAL_ERROR:
        report = grade(exercise, source, seed=seed)
    if report.verdict is Verdict.INTERNAL_ERROR:
        raise InternalError(
            f"No drill was made, because the grader broke: {report.message}",
            "Try again, and report it if it happens again; `torchdojo doctor` shows what works here.",
        )
    return report


def _grading_seed(recipe: Recipe) -> int:
    return (7919 * (recipe.seed + 1)) % (1 << 31)


def _write(
    recipe: Recipe,
    plan: Plan,
    proved: Proved,
    facts: Mapping[str, float],
    into: Path,
) -> Exercise:
    """Into a folder beside first, then in one move: half a challenge is never found."""
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into, prefix=".making-") as scratch:
        folder = Path(scratch) / recipe.id
        write_challenge(recipe, plan, folder)
        exercise = load_exercise(folder)
        write_proof(exercise, _proof(exercise, proved, facts))
        target = into / recipe.id
        if target.exists():
            shutil.rmtree(target)
        folder.rename(target)
    return load_exercise(into / recipe.id)


def _proof(exercise: Exercise, proved: Proved, facts: Mapping[str, float]) -> Proof:
    seeds = tuple(report.seed for report in proved.whole)
    claims = [Claim("every bug shows", True, f"{len(exercise.bugs)} of {len(exercise.bugs)} under {len(seeds)} seeds")]
    claims += [
        Claim(f"{place.partition('@')[0]} mended alone", True, "exactly its state turns to fixed")
        for place in proved.mended
    ]
    return Proof(
        exercise=exercise.id,
        digest=folder_digest(exercise.folder),
        seeds=seeds,
        torch=torch_version(),
        claims=tuple(claims),
        solution=(),
        starter=(),
        bugs=(),
        right=(),
        fake=(),
        facts=dict(facts),
    )
