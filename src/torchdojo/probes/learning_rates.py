"""The learning rates a run really used, step by step."""

from __future__ import annotations

from collections.abc import Sequence

from torchdojo.domain.trace import Event, Trace


def optimizer_steps(trace: Trace) -> list[Event]:
    """The steps of the optimizer that steps most; manual updates only when no optimizer ever stepped."""
    owners: dict[int, int] = {}
    for step in trace.steps:
        if step.get("opt") is not None:
            owners[step["opt"]] = owners.get(step["opt"], 0) + 1
    if not owners:
        return list(trace.steps)
    busiest = max(owners, key=lambda opt: owners[opt])
    return [s for s in trace.steps if s.get("opt") == busiest]


def highest_held(rates: Sequence[float], least_steps: int) -> float:
    """The highest rate used in at least `least_steps` steps, the highest of all when none was held that long."""
    counts: dict[float, int] = {}
    for rate in rates:
        counts[rate] = counts.get(rate, 0) + 1
    held = [rate for rate, number in counts.items() if number >= least_steps]
    return max(held or rates)
