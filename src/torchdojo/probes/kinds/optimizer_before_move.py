"""An optimizer built before the parameters that the model uses."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted, share

KIND = "optimizer-before-move"
WATCHERS = ("orphans",)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """What an optimizer holds must belong to a model in use, as long as such a model trains without an optimizer."""
    findings = tuple(_finding(trace, note) for note in trace.notes("orphans", "optimizer"))
    optimizers = list(trace.of("optimizer"))
    steps = [step for step in trace.steps if step.get("opt") is not None]
    summary = (
        f"What {counted(len(optimizers), 'optimizer')} held belonged to models in use, over "
        f"{counted(len(steps), 'step')}."
    )
    return Observation(KIND, len(steps), summary, findings)


def _finding(trace: Trace, note: Event) -> Finding:
    message = (
        f"{share(note['orphans'], note['tensors'])} tensors that {note['cls']} holds belong to no model in use and get "
        f"no gradient, while {counted(note['unowned'], 'tensor')} of {note['model']} with a gradient belong to no "
        "optimizer: the parameters were replaced after the optimizer was built."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(note))
