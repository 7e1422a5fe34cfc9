"""What was changed between two texts, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

#: Longer texts are not compared: it would take minutes, and nobody reads it.
MOST_LINES = 4_000


class Change(StrEnum):
    """What became of a line; `GAP` stands for lines that are left out."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its number on either side, None where it is not."""

    change: Change
    old: int | None
    new: int | None
    text: str


def changes(before: str, after: str, around: int = 3) -> tuple[Line, ...]:
    """The lines that differ, with some around them; empty when nothing does, or when the texts are too long."""
    old, new = before.splitlines(), after.splitlines()
    if old == new or max(len(old), len(new)) > MOST_LINES:
        return ()
    found: list[Line] = []
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(around):
        if found:
            found.append(Line(Change.GAP, None, None, ""))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                pairs = zip(range(old_from, old_to), range(new_from, new_to), strict=True)
                found += [Line(Change.SAME, one + 1, other + 1, old[one]) for one, other in pairs]
            else:
                found += [Line(Change.REMOVED, number + 1, None, old[number]) for number in range(old_from, old_to)]
                found += [Line(Change.ADDED, None, number + 1, new[number]) for number in range(new_from, new_to)]
    return tuple(found)


def counted(lines: Sequence[Line]) -> tuple[int, int]:
    """How many lines were added and removed."""
    return sum(line.change is Change.ADDED for line in lines), sum(line.change is Change.REMOVED for line in lines)
