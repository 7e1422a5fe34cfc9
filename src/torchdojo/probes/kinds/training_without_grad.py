"""A training forward in which autograd records nothing."""

from __future__ import annotations

from torchdojo.domain.finding import Observation
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.findings import bug
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "training-without-grad"
WATCHERS = ("severed",)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """A backward pass that reaches nothing must not follow forwards that were all run without recording."""
    passes = list(trace.of("backward"))
    blind: list[Event] = []
    idle = 0
    since: list[Event] = []
    for event in trace.events:
        if event["t"] == "forward":
            since.append(event)
        elif event["t"] in ("step", "iter"):
            since = since if event["t"] == "iter" else []
        elif event["t"] == "backward":
            reached_nothing = not event.get("forwards") and (event.get("failed") or event.get("graded") == 0)
            if reached_nothing and since and not any(_records(forward) for forward in since):
                blind.append(since[-1])
                idle += 1
            since = []
    findings = []
    if blind:
        mode = "inference_mode" if blind[-1].get("inference") else "no_grad or set_grad_enabled(False)"
        message = (
            f"{share(idle, len(passes))} backward passes reached no parameter: the forward before ran under {mode}, "
            "so autograd had recorded nothing."
        )
        findings.append(bug(KIND, message, distinct_places(trace, blind)))
    elif passes and (notes := list(trace.notes(WATCHERS[0], "unrecorded"))):
        first = notes[0]
        message = (
            f"{counted(first['tensors'], 'parameter tensor')} of {first['model']}, which an optimizer holds, never got "
            "a gradient: each training forward that was looked at ran with autograd switched off."
        )
        findings.append(bug(KIND, message, distinct_places(trace, notes)))
    reached = sum(1 for event in passes if event.get("forwards"))
    summary = f"{counted(reached, 'backward pass', 'backward passes')} reached a forward that autograd had recorded."
    return Observation(KIND, reached + len(blind), summary, tuple(findings))


def _records(forward: Event) -> bool:
    return bool(forward.get("grad") and not forward.get("inference"))
