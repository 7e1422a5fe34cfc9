"""Scorecard: what a score consists of, with its version and a seal over all of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from torchdojo.domain.interview import Signal


class BugMark(StrEnum):
    """How far a planted bug was brought. Only the grader says fixed.

    `LATE` is fixed after the time was up. `PARTLY` is without evidence in the end: shown fixed by an earlier run and
    not observable in the last, or found in words and ticked by the interviewer.
    """

    FIXED = "fixed"
    LATE = "late"
    PARTLY = "partly"
    OPEN = "open"

    @property
    def mended(self) -> bool:
        """Whether the last run proved it, in time or not."""
        return self in (BugMark.FIXED, BugMark.LATE)


@dataclass(frozen=True, slots=True)
class BugScore:
    """One planted bug. `at` is the elapsed time in seconds from which it stayed fixed; `nudges` are about it."""

    id: str
    title: str
    mark: BugMark
    at: float | None = None
    evidence: str = ""
    nudges: int = 0


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """One criterion. `signal` is the interviewer's, None when not given; `suggested` follows from the look-fors."""

    id: str
    title: str
    weight: int
    signal: Signal | None
    suggested: Signal | None
    evidence: str = ""
    seen: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()
    green: tuple[str, ...] = ()
    red: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the sum. `of` is the most it can bring, 0 for what only takes away; `told` says how it came about."""

    id: str
    title: str
    points: float
    of: float
    told: str


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The result. `band` is provisional until `complete`: every criterion has its signal.

    `goal` is whether the goal was met in the last run, None without one; `proved` whether everything was, in time.
    """

    version: int
    interview: str
    exercise: str
    total: float
    band: str
    complete: bool
    unrated: tuple[str, ...]
    parts: tuple[Part, ...]
    criteria: tuple[CriterionScore, ...]
    bugs: tuple[BugScore, ...]
    introduced: tuple[str, ...]
    goal: bool | None
    proved: bool
    remarks: tuple[str, ...]

    @property
    def fixed(self) -> int:
        """How many bugs are mended."""
        return sum(bug.mark.mended for bug in self.bugs)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON data with a seal over all of it."""
        data: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return data | {"seal": _seal(data)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Scorecard:
        """The inverse of `to_json`. ValueError when anything is missing, or was changed, the version included."""
        plain = {key: value for key, value in data.items() if key != "seal"}
        if data.get("seal") != _seal(plain):
            raise ValueError("the scorecard does not match its seal: it was changed after it was made")
        try:
            return cls(
                **{
                    **plain,
                    "unrated": tuple(plain["unrated"]),
                    "introduced": tuple(plain["introduced"]),
                    "remarks": tuple(plain["remarks"]),
                    "parts": tuple(Part(**part) for part in plain["parts"]),
                    "criteria": tuple(_criterion(criterion) for criterion in plain["criteria"]),
                    "bugs": tuple(BugScore(**{**bug, "mark": BugMark(bug["mark"])}) for bug in plain["bugs"]),
                }
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"the scorecard is incomplete: {error}") from error


def _criterion(data: Mapping[str, Any]) -> CriterionScore:
    signals = {name: data[name] and Signal(data[name]) for name in ("signal", "suggested")}
    lists = {name: tuple(data[name]) for name in ("seen", "missed", "green", "red")}
    return CriterionScore(**{**data, **signals, **lists})


def _seal(data: Mapping[str, Any]) -> str:
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
