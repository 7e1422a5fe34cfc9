"""Which mutants are graded when there are many: some of every kind, from all over the file."""

from __future__ import annotations

from collections.abc import Sequence

from torchdojo.authoring.mutants.making import KINDS, Mutant

#: How many are graded.
MOST = 40


def choose(mutants: Sequence[Mutant], most: int = MOST) -> list[Mutant]:
    """At most `most` of them, in their own order; always the same ones."""
    waiting = {kind: _spread([mutant for mutant in mutants if mutant.kind == kind]) for kind in KINDS}
    chosen: list[Mutant] = []
    while len(chosen) < most and any(waiting.values()):
        for queue in waiting.values():
            if queue and len(chosen) < most:
                chosen.append(queue.pop(0))
    return sorted(chosen, key=mutants.index)


def _spread(mutants: list[Mutant]) -> list[Mutant]:
    """So ordered that any first few are far from each other: by the reversed bits of their places."""
    digits = max(1, (len(mutants) - 1).bit_length())
    return [mutants[place] for place in sorted(range(len(mutants)), key=lambda place: f"{place:0{digits}b}"[::-1])]
