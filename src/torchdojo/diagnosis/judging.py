"""What all probes say of a trace, and what was there to be watched, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from torchdojo.domain.finding import Finding, Observation
from torchdojo.domain.trace import Trace
from torchdojo.probes import probes


def observe(trace: Trace, problems: list[str]) -> list[Observation]:
    """One observation per probe. A probe that breaks is a problem of ours and says nothing."""
    observations = []
    for kind, probe in probes().items():
        try:
            observations.append(probe.observe(trace))
        except Exception as error:
            problems.append(f"the probe for {kind} broke: {type(error).__name__}: {error}")
    return observations


def distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Without what is said twice."""
    return tuple(dict.fromkeys(findings))


def counts(trace: Trace) -> dict[str, Any]:
    """What was watched, in numbers and names."""
    passes = trace.evaluation_passes
    return {
        "updates": len(trace.steps),
        "training_batches": len(trace.training_forwards),
        "evaluation_passes": len(passes),
        "evaluation_batches": sum(len(forwards) for forwards in passes),
        "losses": sum(1 for _ in trace.of("loss")),
        "backward_passes": sum(1 for _ in trace.of("backward")),
        "loader_iterations": sum(1 for _ in trace.of("iter")),
        "scheduler_steps": sum(1 for _ in trace.of("schedule")),
        "models": _names(trace, "forward", "cls"),
        "optimizers": _names(trace, "step", "cls"),
        "loss_functions": _names(trace, "loss", "name"),
        "devices": sorted({str(event["device"]) for event in trace.of("forward") if event.get("device")}),
        "layers_with_modes": max(
            (event.get("train_leaves", 0) + event.get("eval_leaves", 0) for event in trace.of("forward")), default=0
        ),
    }


def _names(trace: Trace, kind: str, field: str) -> list[str]:
    """The names, the most frequent first."""
    return [name for name, _ in Counter(str(event[field]) for event in trace.of(kind)).most_common()]


def as_json(observation: Observation) -> dict[str, Any]:
    """For the other process."""
    return {
        "kind": observation.kind,
        "applicable": observation.applicable,
        "summary": observation.summary,
        "findings": [
            {
                "kind": finding.kind,
                "severity": str(finding.severity),
                "certainty": str(finding.certainty),
                "message": finding.message,
                "where": finding.where,
            }
            for finding in distinct(observation.findings)
        ],
    }
