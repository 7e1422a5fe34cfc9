"""Parameters that shape the loss and get no gradient."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places, main_forwards
from torchdojo.probes.wording import counted, share

KIND = "broken-graph"
WATCHERS = ("severed",)

#: Outputs that change by less than this, relative to their size, do not depend on what was shaken.
CHANGE = 1e-6
ENOUGH = 3
MOST = 0.9


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """What the optimizer holds, and the output of training depends on, must get a gradient at some time."""
    findings = [_cut(trace, n) for n in trace.notes("severed", "parameters") if (n["change"] or 0.0) > CHANGE]
    findings += [_handed(trace, n) for n in trace.notes("severed", "handed") if n["times"] >= ENOUGH]
    findings += _rootless(trace)
    forwards = main_forwards(trace)
    summary = f"Every parameter in use got gradients, over {counted(len(forwards), 'training forward')}."
    return Observation(KIND, len(forwards) or len(findings), summary, tuple(findings))


def _cut(trace: Trace, note: Event) -> Finding:
    message = (
        f"{share(note['tensors'], note['all'])} parameter tensors of {note['model']} ({', '.join(note['names'])}) were "
        f"used in every training forward and never got a gradient. Shaking them changes the output by "
        f"{note['change']:.1g} of its size, so the loss depends on them: the graph is cut in between."
    )
    return Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, trace.place(note))


def _handed(trace: Trace, note: Event) -> Finding:
    message = (
        f"The output of {note['model']} reached {note['to']} without its graph in {counted(note['times'], 'forward')} "
        f"that were looked into: {counted(note['tensors'], 'parameter tensor')}, which the optimizer holds, never got "
        "a gradient."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(note))


def _rootless(trace: Trace) -> list[Finding]:
    """Backward passes that reached nothing, and steps without a single gradient.

    Where the model's outputs had a graph it is the loss that left it, which is a kind of its own.
    """
    if sum(bool(f.get("out_grad") and f.get("grad")) for f in trace.of("forward")) >= ENOUGH:
        return []
    passes = [e for e in trace.of("backward") if "graded" in e and not e.get("failed")]
    nothing = [e for e in passes if not e["graded"] and not e["forwards"]]
    steps = [s for s in trace.steps if s.get("params")]
    idle = [s for s in steps if s.get("with_grad") == 0]
    if not any(forward.get("grad") for forward in trace.of("forward")):
        return []  # With gradients switched off there is no graph to cut: a kind of its own.
    if len(nothing) < max(ENOUGH, MOST * len(passes)) or len(idle) < max(ENOUGH, MOST * len(steps)):
        return []
    message = (
        f"{share(len(nothing), len(passes))} backward passes began at a tensor that leads back to no parameter, and "
        f"{share(len(idle), len(steps))} steps found no gradient at all."
    )
    return [Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, nothing))]
