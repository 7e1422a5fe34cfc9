"""Grades every hand-written edit of the bugged bases and prints the confusion matrix and each disagreement.

    python benchmarks/edits.py
    python benchmarks/edits.py --only ring-gan --sort right --seed 7

An edit declares its verdict, the planted bugs that stay open, and the bugs it brings in; the grader has to say the same
of all three. Exit status 1 when it does not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

# The edits stand with the tests, which are no part of the package.
sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.drill_edits import SORTS, Earned, Edit, drill_edits

from torchdojo.app.compose import open_dojo

SEED = 20

#: Long enough for a busy machine: what is asked here is what the grader says, not when.
WALL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Graded:
    """An edit and what the grader made of it; `told` has its words, for a disagreement."""

    edit: Edit
    got: Earned
    told: str

    @property
    def agrees(self) -> bool:
        """Whether the grader said what was declared."""
        return self.got == self.edit.expected


def main() -> None:
    """Grade them, print each, then the matrix."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[""], help="only edits with one of these texts in their name")
    parser.add_argument("--sort", nargs="*", choices=SORTS, default=list(SORTS), help="only edits of these sorts")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    graded = []
    with tempfile.TemporaryDirectory() as home, open_dojo(environment={"TORCHDOJO_HOME": home}) as dojo:
        bases = {base.id: base for base in dojo.library.bases()}
        for edit in drill_edits():
            if edit.sort not in asked.sort or not any(text in edit.id for text in asked.only):
                continue
            base = bases[edit.base]
            began = time.monotonic()
            exercise = edit.exercise(base)
            exercise = replace(exercise, limits=replace(exercise.limits, wall_seconds=WALL_SECONDS))
            report = dojo.grader.grade(exercise, edit.script(base), seed=asked.seed)
            told = [report.message, *(f"{bug.id}: {bug.state}: {bug.evidence}" for bug in report.bugs)]
            graded.append(Graded(edit, Earned.of(report), "\n      ".join(told)))
            print(line(graded[-1], time.monotonic() - began), flush=True)
    print(summary(graded))
    sys.exit(not all(one.agrees for one in graded))


def line(one: Graded, seconds: float) -> str:
    """One row; with the grader's words when it disagrees."""
    text = f"{'ok   ' if one.agrees else 'WRONG'} {seconds:5.1f} s  {one.edit.sort:8} {one.edit.id}"
    if one.agrees:
        return text
    return f"{text}\n      declared {one.edit.expected}\n      got      {one.got}\n      {one.told}"


def summary(graded: Sequence[Graded]) -> str:
    """The sorts of edits against the verdicts, the planted bugs against their states, and the totals."""
    verdicts = Counter((one.edit.sort, one.got.verdict) for one in graded)
    columns = sorted({verdict for _, verdict in verdicts})
    lines = ["", f"{'':14}" + "".join(f"{column:>15}" for column in columns)]
    lines += [f"{sort:14}" + "".join(f"{verdicts[sort, column]:15}" for column in columns) for sort in SORTS]
    bugs = Counter(
        (place.partition("@")[0] in one.edit.expected.open, place.partition("@")[0] in one.got.open)
        for one in graded
        for place in one.edit.planted
    )
    lines += ["", f"{'planted bugs':24}{'got fixed':>12}{'got open':>12}"]
    lines += [
        f"{'declared ' + ('open' if open_ else 'fixed'):24}{bugs[open_, False]:12}{bugs[open_, True]:12}"
        for open_ in (False, True)
    ]
    wrong = [one for one in graded if not one.agrees]
    accepted = sum(one.got.verdict == "passed" and one.edit.sort not in ("right", "not seen") for one in graded)
    refused = sum(one.got.verdict != "passed" and one.edit.sort == "right" for one in graded)
    lines += ["", f"{len(graded)} edits in {len({one.edit.base for one in graded})} bases"]
    lines += [f"{accepted} accepted that should not be, {refused} refused that are right, {len(wrong)} disagreements"]
    lines += [f"  {one.edit.id}: declared {one.edit.expected}, got {one.got}" for one in wrong]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
