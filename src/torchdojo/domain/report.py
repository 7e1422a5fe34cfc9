"""Report: the one result object that CLI, web, interview and store all read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from torchdojo.domain.failure import Failure

FORMAT = 1


class Verdict(StrEnum):
    """How one grading ended."""

    PASSED = "passed"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    IMPORT_ERROR = "import_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    FORBIDDEN = "forbidden"
    INTERNAL_ERROR = "internal_error"

    @property
    def exit_status(self) -> int:
        """0 passed, 1 not passed, 3 we broke."""
        if self is Verdict.PASSED:
            return 0
        return 3 if self is Verdict.INTERNAL_ERROR else 1


class CheckOutcome(StrEnum):
    """How one check ended. `skipped` is never `passed`."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


class BugState(StrEnum):
    """Whether a planted bug is really gone. `no_evidence` is never a pass."""

    FIXED = "fixed"
    OPEN = "open"
    NO_EVIDENCE = "no_evidence"


class RestsOn(StrEnum):
    """What the verdict on a bug stands on: values checked from outside, recorded events, or both."""

    VALUES = "values"
    EVENTS = "events"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One named check: what was seen, in the learner's words, and where.

    `failure` holds the same and more in pieces, for a check of an implement exercise that did not pass; reports that
    were stored before there was such a thing have none.
    """

    name: str
    outcome: CheckOutcome
    message: str = ""
    where: str = ""
    failure: Failure | None = None

    @property
    def failed(self) -> bool:
        """Whether it was run and not passed."""
        return self.outcome in (CheckOutcome.FAILED, CheckOutcome.ERROR)

    @property
    def spoken(self) -> str:
        """Its name as one would say it: "test_masked_positions" is "masked positions"."""
        return self.name.removeprefix("test_").replace("_", " ")

    def to_json(self) -> dict[str, Any]:
        """As plain JSON data; `failure` only where there is one."""
        data = {"name": self.name, "outcome": str(self.outcome), "message": self.message, "where": self.where}
        return data if self.failure is None else data | {"failure": self.failure.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> CheckResult:
        """The inverse of `to_json`."""
        failure = data.get("failure")
        return cls(
            name=data["name"],
            outcome=CheckOutcome(data["outcome"]),
            message=data.get("message", ""),
            where=data.get("where", ""),
            failure=None if failure is None else Failure.from_json(failure),
        )


@dataclass(frozen=True, slots=True)
class BugResult:
    """One planted bug's verdict with its evidence. `where` is e.g. "line 41, train_one_epoch"."""

    id: str
    state: BugState
    rests_on: RestsOn
    evidence: str
    where: str = ""

    @property
    def fixed(self) -> bool:
        """True only for positive evidence that the bug is gone."""
        return self.state is BugState.FIXED


@dataclass(frozen=True, slots=True)
class GoalResult:
    """The goal as measured by us; `measured` is None when nothing could be measured."""

    name: str
    target: float
    measured: float | None
    met: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """A plottable series recorded during the run, e.g. name "train_loss", x = optimizer step, y = value."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole result of one grading. `to_json` is the contract of `grade --json`.

    `facts` are figures of the run as the judge counted them: "steps", "evaluation_passes", "rows" (distinct training
    rows), "parameters" (trainable scalars); a figure that could not be counted is left out.
    """

    exercise: str
    kind: str
    verdict: Verdict
    score: float
    message: str = ""
    checks: tuple[CheckResult, ...] = ()
    bugs: tuple[BugResult, ...] = ()
    goal: GoalResult | None = None
    curves: tuple[Curve, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)
    isolation: str = "none"
    seconds: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON data, `bugs` and `goal` only where the kind has them."""
        data: dict[str, Any] = {
            "format": FORMAT,
            "exercise": self.exercise,
            "kind": self.kind,
            "verdict": str(self.verdict),
            "score": round(self.score, 4),
            "message": self.message,
            "checks": [check.to_json() for check in self.checks],
        }
        if self.kind == "debug":
            data["bugs"] = [
                {
                    "id": b.id,
                    "fixed": b.fixed,
                    "state": str(b.state),
                    "rests_on": str(b.rests_on),
                    "evidence": b.evidence,
                    "where": b.where,
                }
                for b in self.bugs
            ]
            data["goal"] = None if self.goal is None else asdict(self.goal)
        data["curves"] = [{"name": c.name, "x": list(c.x), "y": list(c.y)} for c in self.curves]
        data["facts"] = dict(self.facts)
        data["isolation"] = self.isolation
        data["seconds"] = dict(self.seconds)
        data["seed"] = self.seed
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Report:
        """The inverse of `to_json`; ValueError on another format number or a missing field."""
        if data.get("format") != FORMAT:
            raise ValueError(f"report format {data.get('format')!r} is not {FORMAT}")
        try:
            goal = data.get("goal")
            return cls(
                exercise=data["exercise"],
                kind=data["kind"],
                verdict=Verdict(data["verdict"]),
                score=float(data["score"]),
                message=data.get("message", ""),
                checks=tuple(CheckResult.from_json(check) for check in data["checks"]),
                bugs=tuple(
                    BugResult(
                        b["id"],
                        BugState(b["state"]),
                        RestsOn(b["rests_on"]),
                        b["evidence"],
                        b.get("where", ""),
                    )
                    for b in data.get("bugs", ())
                ),
                goal=None if goal is None else GoalResult(**goal),
                curves=tuple(Curve(c["name"], tuple(c["x"]), tuple(c["y"])) for c in data.get("curves", ())),
                facts=dict(data.get("facts", {})),
                isolation=data.get("isolation", "none"),
                seconds=dict(data.get("seconds", {})),
                seed=int(data.get("seed", 0)),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"report is incomplete: {error}") from error
