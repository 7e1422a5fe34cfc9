"""Makes many random drills and prints what came of them: proved, dropped and why, how long each took.

    python benchmarks/drills.py --number 1000 --jobs 2
    python benchmarks/drills.py --first 40 --number 20

Drill N has seed N and 1 + N % 4 bugs; base, kinds and places are the seed's. Every drill that is made is graded twice
more under a fresh seed: as it is, which must not pass, and with every bug taken back, which must. The seconds are those
of making the drill; with `--jobs` several are made at a time, and they tell less. A run that was stopped goes on with
`--first`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from torchdojo.app.compose import Dojo, open_dojo
from torchdojo.bugs import derive_starter
from torchdojo.domain.errors import BadInput
from torchdojo.domain.report import Verdict
from torchdojo.drills import Atlas, Recipe, make_drill, read_atlas

MOST_BUGS = 4


@dataclass
class Outcome:
    """One seed: what was made, or the reason why nothing was."""

    seed: int
    bugs: int
    seconds: float
    base: str = ""
    kinds: tuple[str, ...] = ()
    gradings: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    fault: str = ""

    def __str__(self) -> str:
        made = self.fault or f"{self.base}: {', '.join(self.kinds)}"
        tried = "".join(f"; dropped {number}: {reason}" for reason, number in self.dropped.items())
        return f"{self.seed:4} {self.bugs} bugs {self.seconds:6.2f} s {self.gradings:3} gradings  {made}{tried}"


def main() -> None:
    """Make them, print each, then the totals; exit status 1 when one of them has a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--number", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.number)
    outcomes = []
    with tempfile.TemporaryDirectory() as home, open_dojo(environment={"TORCHDOJO_HOME": home}) as dojo:
        atlases = list(known_atlases(dojo))
        with ThreadPoolExecutor(asked.jobs) as pool:
            for outcome in pool.map(lambda seed: one(dojo, atlases, seed, Path(home) / "made"), seeds):
                outcomes.append(outcome)
                print(outcome, flush=True)
    print(summary(outcomes))
    sys.exit(any(outcome.fault for outcome in outcomes))


def known_atlases(dojo: Dojo) -> Iterator[Atlas]:
    """What is proved of each base."""
    for base in dojo.library.bases():
        proof = dojo.library.proof(base)
        if proof is not None:
            yield read_atlas(base, proof)


def one(dojo: Dojo, atlases: list[Atlas], seed: int, into: Path) -> Outcome:
    """Make one drill and grade it as it is and mended."""
    recipe = Recipe(seed, bugs=1 + seed % MOST_BUGS)
    began = time.monotonic()
    try:
        made = make_drill(recipe, atlases, {}, dojo.grader.grade, into)
    except BadInput as none:
        return Outcome(seed, recipe.bugs, time.monotonic() - began, fault=str(none))
    exercise = made.exercise
    outcome = Outcome(
        seed,
        recipe.bugs,
        time.monotonic() - began,
        exercise.filename.partition("_drill")[0],
        tuple(bug.kind for bug in exercise.bugs),
        made.gradings,
        Counter(made.dropped),
    )
    as_it_is = dojo.grader.grade(exercise, derive_starter(exercise), seed=seed + 1)
    mended = dojo.grader.grade(exercise, exercise.solution, seed=seed + 1)
    if as_it_is.verdict is Verdict.PASSED:
        outcome.fault = "PASSED AS IT IS"
    elif mended.verdict is not Verdict.PASSED:
        outcome.fault = f"REFUSED MENDED: {mended.verdict} {mended.message}"
    return outcome


def summary(outcomes: list[Outcome]) -> str:
    """The totals as text."""
    made = [outcome for outcome in outcomes if outcome.base]
    dropped = Counter(reason for outcome in outcomes for reason in outcome.dropped.elements())
    lines = ["", f"{len(outcomes)} seeds, {len(made)} drills, {sum(bool(o.fault) for o in outcomes)} with a fault"]
    if made:
        seconds = sorted(outcome.seconds for outcome in made)
        late = seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))]
        kinds = Counter(kind for outcome in made for kind in outcome.kinds)
        lines += [
            f"seconds to make one: median {statistics.median(seconds):.2f}, 95th percentile {late:.2f}, "
            f"most {seconds[-1]:.2f}",
            f"{len(kinds)} kinds in {len({outcome.base for outcome in made})} bases; most often "
            + ", ".join(f"{kind} {number}" for kind, number in kinds.most_common(5)),
        ]
    lines.append(f"plans tried and dropped: {dropped.total()}")
    lines += [f"  {number:5}  {reason}" for reason, number in dropped.most_common()]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
