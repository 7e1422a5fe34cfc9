"""A backward written by hand that is not the derivative of its forward."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted, share

KIND = "custom-backward-wrong"
WATCHERS = ("autograd_functions",)

#: So many directions have to contradict a backward.
_ENOUGH = 3


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Compare derivatives along random directions with finite differences, where the forward has any."""
    notes = [note for note in trace.notes("autograd_functions", "checked") if _has_a_derivative(note)]
    wrong = {note["cls"]: note for note in reversed(notes) if note["wrong"] >= _ENOUGH}
    findings = [_finding(trace, note) for note in wrong.values()]
    error = max((note["error"] for note in notes), default=0.0)
    functions = len({note["cls"] for note in notes})
    summary = (
        f"{counted(functions, 'function')} with a backward of its own: the derivative fits finite differences, to "
        f"{error:.0e}."
    )
    return Observation(KIND, len(notes), summary, tuple(findings))


def _has_a_derivative(note: Event) -> bool:
    """Rounding, signs and spikes have none worth the name, and the identity is there for its gradient alone."""
    return bool(note["forward"] == "smooth" and note["directions"] >= _ENOUGH and not note["straight"])


def _finding(trace: Trace, note: Event) -> Finding:
    message = (
        f"{note['cls']}.backward is not the derivative of its forward: in {share(note['wrong'], note['directions'])} "
        f"random directions it differs from finite differences in float64, e.g. {note['analytic']:.4g} instead of "
        f"{note['numeric']:.4g}."
    )
    return Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, trace.place(note))
