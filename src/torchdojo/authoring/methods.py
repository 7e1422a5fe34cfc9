"""How exercises of each kind are proved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torchdojo.authoring import bases, gradings, implement, judging, proving, reading
from torchdojo.authoring.bench import Bench
from torchdojo.authoring.judging import Reports
from torchdojo.domain.exercise import Exercise, Kind
from torchdojo.domain.proof import Claim, Proof
from torchdojo.library import is_proved


@dataclass(frozen=True, slots=True)
class Method:
    """The four steps: claims by reading, the gradings, claims from their reports, the proof of it all.

    `run` takes the seeds, and those for each bug alone; it and `judge` take whether the verification is a quick one.
    """

    read: Callable[[Exercise], list[Claim]]
    run: Callable[[Exercise, Sequence[int], Sequence[int], Bench, bool], Reports]
    judge: Callable[[Exercise, Reports, bool], list[Claim]]
    prove: Callable[[Exercise, Reports, Sequence[Claim]], Proof]


def _run_debug(
    exercise: Exercise, seeds: Sequence[int], alone_seeds: Sequence[int], bench: Bench, quick: bool
) -> Reports:
    return bench.run(exercise, gradings.plan(exercise, seeds, alone_seeds, sample=quick and is_proved(exercise)))


def _judge_debug(exercise: Exercise, reports: Reports, quick: bool) -> list[Claim]:
    return judging.run_claims(exercise, reports)


def _run_implement(
    exercise: Exercise, seeds: Sequence[int], alone_seeds: Sequence[int], bench: Bench, quick: bool
) -> Reports:
    return implement.run(exercise, seeds, bench, quick=quick)


def _judge_implement(exercise: Exercise, reports: Reports, quick: bool) -> list[Claim]:
    return implement.run_claims(exercise, reports, quick=quick)


METHODS = {
    Kind.DEBUG: Method(reading.reading_claims, _run_debug, _judge_debug, proving.make_proof),
    Kind.BASE: Method(bases.reading_claims, bases.run, bases.run_claims, bases.prove),
    Kind.IMPLEMENT: Method(implement.reading_claims, _run_implement, _judge_implement, implement.make_proof),
}
