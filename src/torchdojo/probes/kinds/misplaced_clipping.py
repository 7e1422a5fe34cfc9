"""Clipping where there is nothing fresh to clip."""

from __future__ import annotations

from torchdojo.domain.finding import Observation
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.findings import bug
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "misplaced-clipping"
WATCHERS = ("clipping",)

#: So many calls have to show it, and this share of all.
ENOUGH, MOST = 3, 0.5

#: Gradients that were shortened as far as a bound wants have lost unequal shares.
_ROUNDING, _VARIED = 1e-4, 0.01


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """What is clipped has to be a gradient that no update has used yet. Without a bound it is only measured."""
    clips = [note for note in trace.notes("clipping", "clip") if note["limit"] is not None]
    idle = [note for note in clips if not note["fresh"]]
    findings = []
    if (len(idle) >= ENOUGH or _ended_there(trace, idle)) and len(idle) > MOST * len(clips):
        message = f"{share(len(idle), len(clips))} calls that clip gradients had nothing to act on: {_reason(idle)}."
        findings.append(bug(KIND, message, distinct_places(trace, idle)))
    summary = f"{counted(len(clips), 'call')} clipped gradients that backward() had made and no step had used."
    by_hand = [] if clips else _bounded(trace)
    if by_hand:
        summary = f"Before {counted(len(by_hand), 'update')} the gradients were bounded without torch's functions."
    return Observation(KIND, len(clips) or len(by_hand), summary, tuple(findings))


def _bounded(trace: Trace) -> list[float]:
    """By how much gradients were shortened by hand, update by update; a constant factor is no bound.

    So a bound that no gradient reaches leaves no evidence: it cannot be told from a multiplication by 1, which mends
    nothing.
    """
    factors = [float(note["factor"]) for note in trace.notes("clipping", "shortened")]
    if len(factors) < ENOUGH or max(factors) > 1.0 + _ROUNDING:
        return []
    varied = max(factors) - min(factors) > _VARIED * max(factors)
    return factors if varied else []


def _ended_there(trace: Trace, idle: list[Event]) -> bool:
    """Whether the run failed in such a call: clipping by value refuses when there is no gradient at all."""
    end = trace.end
    if end is None or end["how"] != "exception" or not idle:
        return False
    return trace.place(idle[-1]).startswith(f"line {end.get('line')}") and not idle[-1]["graded"]


def _reason(idle: list[Event]) -> str:
    if all(not note["params"] for note in idle):
        return "they were given no parameter at all (a generator that was used up before?)"
    if all(not note["graded"] for note in idle):
        if any(note["passes"] for note in idle):
            return "the parameters they were given had no gradient, although a backward pass had run"
        return "no parameter had a gradient yet, they come before backward()"
    if any(note["passes"] for note in idle):
        return "the gradients they were given were not those of the last backward pass"
    return "the step had used these gradients already, they come after step()"
