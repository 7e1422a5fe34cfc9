"""Proof: what `verify` found when it ran an exercise, as kept in proof.json and shown on its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from torchdojo.domain.report import BugState, Curve, Verdict

PROOF_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing `verify` checked: what it is called, whether it holds, and what was seen."""

    name: str
    ok: bool
    evidence: str


@dataclass(frozen=True, slots=True)
class ProvedRun:
    """One grading behind a proof. `metric` is the goal's figure (None: nothing could be measured)."""

    seed: int
    verdict: Verdict
    metric: float | None
    goal_met: bool
    states: Mapping[str, BugState]
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BugProof:
    """One bug planted alone in the solution. `state` is what its own probe said in every run.

    `others` names the bugs of the exercise that were also seen (none, in a sound exercise); `evidence` is the
    sentence of the first run; `metrics`, `goal_met` and `verdicts` have one entry per seed.
    """

    id: str
    kind: str
    seeds: tuple[int, ...]
    state: BugState
    others: tuple[str, ...]
    metrics: tuple[float | None, ...]
    goal_met: tuple[bool, ...]
    evidence: str
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerProof:
    """One right, fake or wrong answer: what it says it is, and what the grader said.

    `open` names the bugs that are left, or the check that failed first.
    """

    file: str
    style: str
    verdict: Verdict
    open: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MutantProof:
    """The solution with one small change. `reason` says why it computes the same, where nothing can notice it."""

    id: str
    verdict: Verdict
    caught_by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """The whole proof. `digest` names the folder content it was made from: another digest means it is stale.

    `solution` and `starter` hold one run per seed. Of an implement exercise `fake` holds the wrong answers, and there
    are `mutants` instead of `bugs`. `facts` are figures of the reference run (steps, rows, ...).
    """

    exercise: str
    digest: str
    seeds: tuple[int, ...]
    torch: str
    claims: tuple[Claim, ...]
    solution: tuple[ProvedRun, ...]
    starter: tuple[ProvedRun, ...]
    bugs: tuple[BugProof, ...]
    right: tuple[AnswerProof, ...]
    fake: tuple[AnswerProof, ...]
    curves: tuple[Curve, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)
    mutants: tuple[MutantProof, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every claim holds."""
        return all(claim.ok for claim in self.claims)

    def bug(self, bug_id: str) -> BugProof | None:
        """The proof of that bug alone, None when it has none."""
        return next((bug for bug in self.bugs if bug.id == bug_id), None)

    def to_json(self) -> dict[str, Any]:
        """The proof as plain JSON data, `mutants` only where there are any."""
        data = {"format": PROOF_FORMAT, **asdict(self)}
        if not self.mutants:
            del data["mutants"]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Proof:
        """The inverse of `to_json`; ValueError on another format number or a missing field."""
        if data.get("format") != PROOF_FORMAT:
            raise ValueError(f"proof format {data.get('format')!r} is not {PROOF_FORMAT}")
        try:
            return cls(
                exercise=data["exercise"],
                digest=data["digest"],
                seeds=tuple(data["seeds"]),
                torch=data["torch"],
                claims=tuple(Claim(**claim) for claim in data["claims"]),
                solution=tuple(_run(run) for run in data["solution"]),
                starter=tuple(_run(run) for run in data["starter"]),
                bugs=tuple(_bug(bug) for bug in data["bugs"]),
                right=tuple(_answer(answer) for answer in data["right"]),
                fake=tuple(_answer(answer) for answer in data["fake"]),
                curves=tuple(Curve(c["name"], tuple(c["x"]), tuple(c["y"])) for c in data["curves"]),
                facts=dict(data["facts"]),
                mutants=tuple(_mutant(mutant) for mutant in data.get("mutants", ())),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"proof is incomplete: {error!r}") from error


def _run(data: Mapping[str, Any]) -> ProvedRun:
    states = {bug: BugState(state) for bug, state in data["states"].items()}
    return ProvedRun(**{**data, "verdict": Verdict(data["verdict"]), "states": states})


def _bug(data: Mapping[str, Any]) -> BugProof:
    lists = {key: tuple(data[key]) for key in ("seeds", "others", "metrics", "goal_met")}
    verdicts = tuple(Verdict(verdict) for verdict in data.get("verdicts", ()))
    return BugProof(**{**data, **lists, "verdicts": verdicts, "state": BugState(data["state"])})


def _answer(data: Mapping[str, Any]) -> AnswerProof:
    return AnswerProof(**{**data, "verdict": Verdict(data["verdict"]), "open": tuple(data["open"])})


def _mutant(data: Mapping[str, Any]) -> MutantProof:
    return MutantProof(**{**data, "verdict": Verdict(data["verdict"])})
