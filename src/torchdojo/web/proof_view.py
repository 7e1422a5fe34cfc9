"""A proof as the page shows it; before the first run without anything that names a bug."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from torchdojo.domain.exercise import Exercise
from torchdojo.domain.proof import Claim, Proof
from torchdojo.domain.report import BugState, Verdict


@dataclass(frozen=True, slots=True)
class Strip:
    """The goal's figure of each seed on one common scale: `dots` and `target` in percent of the width."""

    dots: tuple[float, ...]
    target: float | None
    words: str


@dataclass(frozen=True, slots=True)
class ProofRow:
    """One script that was run on every seed. `slug` is "" where no bug may be named."""

    name: str
    slug: str
    seen: str
    goal: str
    strip: Strip


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One right or fake answer and what the grader made of it."""

    style: str
    verdict: str
    open: str


@dataclass(frozen=True, slots=True)
class MutantRow:
    """One small change of the solution that no check noticed; `reason` is "" where none was given."""

    change: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProofView:
    """Everything the proof page prints."""

    seeds: int
    torch: str
    claims: tuple[Claim, ...]
    holding: int
    claimed: int
    whole: tuple[ProofRow, ...]
    bugs: tuple[ProofRow, ...]
    right: tuple[AnswerRow, ...]
    fake: tuple[AnswerRow, ...]
    right_passed: int
    fake_caught: int
    right_total: int
    fake_total: int
    mutants_noticed: int
    mutants_total: int
    kill_rate: str
    survivors: tuple[MutantRow, ...]


def proof_view(proof: Proof, exercise: Exercise, *, named: bool) -> ProofView:
    """The view of `proof`; without `named` nothing in it tells what the bugs, their fixes or the answers are."""
    scale = _Scale(proof, exercise)
    starter = "The starter, all bugs in" if proof.bugs else "The starter"
    unnoticed = [mutant for mutant in proof.mutants if mutant.verdict is Verdict.PASSED]
    whole = tuple(
        ProofRow(
            name,
            "",
            f"{sum(run.verdict is Verdict.PASSED for run in runs)} of {len(runs)} passed",
            _reached([run.goal_met for run in runs]),
            scale.strip([run.metric for run in runs]),
        )
        for name, runs in (("The solution", proof.solution), (starter, proof.starter))
    )
    bugs = tuple(
        ProofRow(
            _spoken(bug.id) if named else f"Bug {number}",
            bug.id if named else "",
            _seen(bug.state, len(bug.others), len(bug.seeds)),
            _reached(bug.goal_met),
            scale.strip(bug.metrics),
        )
        for number, bug in enumerate(proof.bugs, 1)
    )
    right = tuple(AnswerRow(a.style, _spoken(a.verdict), "") for a in proof.right)
    fake = tuple(AnswerRow(a.style, _spoken(a.verdict), ", ".join(_spoken(bug) for bug in a.open)) for a in proof.fake)
    return ProofView(
        seeds=len(proof.seeds),
        torch=proof.torch,
        claims=proof.claims if named else (),
        holding=sum(claim.ok for claim in proof.claims),
        claimed=len(proof.claims),
        whole=whole,
        bugs=bugs,
        right=right if named else (),
        fake=fake if named else (),
        right_passed=sum(answer.verdict is Verdict.PASSED for answer in proof.right),
        fake_caught=sum(answer.verdict is not Verdict.PASSED for answer in proof.fake),
        right_total=len(proof.right),
        fake_total=len(proof.fake),
        mutants_noticed=len(proof.mutants) - len(unnoticed),
        mutants_total=len(proof.mutants),
        kill_rate=_share(len(proof.mutants) - len(unnoticed), len(proof.mutants)),
        survivors=tuple(MutantRow(mutant.id, mutant.reason) for mutant in unnoticed) if named else (),
    )


class _Scale:
    """One horizontal scale for all figures; logarithmic for errors, which span orders of magnitude."""

    def __init__(self, proof: Proof, exercise: Exercise) -> None:
        runs = [run.metric for run in (*proof.solution, *proof.starter)]
        metrics = [*runs, *(metric for bug in proof.bugs for metric in bug.metrics)]
        known = [metric for metric in metrics if metric is not None and math.isfinite(metric)]
        self._target = exercise.goal.target if exercise.goal else None
        if self._target is not None:
            known.append(self._target)
        self._logarithmic = exercise.goal is not None and exercise.goal.direction == "at_most" and min(known) > 0
        self._low = min((self._place(value) for value in known), default=0.0)
        self._high = max((self._place(value) for value in known), default=1.0)

    def strip(self, metrics: Iterable[float | None]) -> Strip:
        """The dots of one row. A run that gave no finite figure has no dot, but is told of in the words."""
        values = list(metrics)
        dots = tuple(self._percent(value) for value in values if value is not None and math.isfinite(value))
        words = ", ".join("none" if value is None else f"{value:.3g}" for value in values)
        return Strip(dots, None if self._target is None else self._percent(self._target), words)

    def _place(self, value: float) -> float:
        return math.log(value) if self._logarithmic else value

    def _percent(self, value: float) -> float:
        width = self._high - self._low
        share = (self._place(value) - self._low) / width if width else 0.5
        return round(3 + 94 * share, 2)


def _share(part: int, whole: int) -> str:
    """A percentage that is 100 only when nothing is missing."""
    return f"{math.floor(100 * part / whole)} %" if whole else ""


def _seen(state: BugState, others: int, runs: int) -> str:
    own = f"seen in {runs} of {runs} runs" if state is BugState.OPEN else f"not seen ({state})"
    return f"{own}, {'also reported: ' + str(others) if others else 'no other bug reported'}"


def _reached(met: Iterable[bool]) -> str:
    flags = list(met)
    return f"{sum(flags)} of {len(flags)}"


def _spoken(slug: str) -> str:
    return str(slug).removeprefix("test_").replace("-", " ").replace("_", " ").capitalize()
