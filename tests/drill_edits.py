"""Edits of bugged scripts as a person would make them, read from tests/integration/drills/edits, and what they earn."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from torchdojo.bugs import Place, broken_at
from torchdojo.domain.exercise import Exercise
from torchdojo.domain.report import CheckOutcome, Report
from torchdojo.drills import with_bugs

EDITS = Path(__file__).parent / "integration" / "drills" / "edits"

#: "not seen" mends what was planted and brings in a bug that the grader is known to let pass, "other network" trains
#: one whose weights are not those of the base, by which the goal is measured.
SORTS = ("right", "partial", "fake", "new bug", "not seen", "other network")

_NEW = "no new bug ("


@dataclass(frozen=True, slots=True)
class Earned:
    """A verdict, the kinds of planted bugs that do not count as fixed, and the kinds that an edit brought in."""

    verdict: str
    open: frozenset[str]
    new: frozenset[str]

    @classmethod
    def of(cls, report: Report) -> Earned:
        """What the grader said."""
        failed = [check.name for check in report.checks if check.outcome is CheckOutcome.FAILED]
        return cls(
            str(report.verdict),
            frozenset(bug.id.partition("@")[0] for bug in report.bugs if not bug.fixed),
            frozenset(name.removeprefix(_NEW).rstrip(")") for name in failed if name.startswith(_NEW)),
        )

    def __str__(self) -> str:
        parts = [self.verdict]
        parts += [f"open: {', '.join(sorted(self.open))}"] if self.open else []
        parts += [f"new: {', '.join(sorted(self.new))}"] if self.new else []
        return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: `changes` are pairs of a text that stands in the bugged script exactly once and what it becomes."""

    base: str
    challenge: str
    name: str
    sort: str
    planted: tuple[str, ...]
    changes: tuple[tuple[str, str], ...] = field(repr=False)
    expected: Earned

    @property
    def id(self) -> str:
        """For a table or a test."""
        return f"{self.base}/{self.challenge}: {self.name}"

    def exercise(self, base: Exercise) -> Exercise:
        """The challenge, made from its base."""
        return with_bugs(base, [Place.parse(place) for place in self.planted])

    def script(self, base: Exercise) -> str:
        """The bugged script with this edit made."""
        source = _planted(base.solution, self.planted)
        for find, replacement in self.changes:
            if source.count(find) != 1:
                raise ValueError(f"{self.id}: {find!r} stands {source.count(find)} times in the script")
            source = source.replace(find, replacement)
        return source


@cache
def _planted(solution: str, places: tuple[str, ...]) -> str:
    """Made once for all the edits of a challenge."""
    return broken_at(solution, [Place.parse(place) for place in places])


def drill_edits(folder: Path = EDITS) -> Iterator[Edit]:
    """Every edit, in alphabetical order of the files."""
    for path in sorted(folder.rglob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        for edit in told["edit"]:
            yield _edit(path, tuple(told["planted"]), edit)


def _edit(path: Path, planted: tuple[str, ...], told: dict[str, Any]) -> Edit:
    verdict = told.get("verdict", "passed" if told["sort"] in ("right", "not seen") else "wrong_answer")
    return Edit(
        base=path.parent.name,
        challenge=path.stem,
        name=told["name"],
        sort=told["sort"],
        planted=planted,
        changes=tuple((find, replacement) for find, replacement in told["change"]),
        expected=Earned(verdict, frozenset(told.get("open", ())), frozenset(told.get("new", ()))),
    )
