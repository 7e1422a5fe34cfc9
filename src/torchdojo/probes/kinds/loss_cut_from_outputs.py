"""A loss with no way back to the model."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.endings import place_of_end, raised
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "loss-cut-from-outputs"
WATCHERS = ("severed",)

#: Backward passes that reach nothing before they count as a pattern.
ENOUGH = 3

#: Where a model keeps its loss to itself and returns something to look at, only few of its parameters miss a gradient.
CUT = 0.25


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Every backward pass must reach a forward pass, or parameters at least."""
    backwards = [e for e in trace.of("backward") if not e.get("failed")]
    reaching = [e for e in backwards if e["forwards"] or e.get("graded")]
    told = (_refused(trace), _no_tensor(trace), _reaches_nothing(trace, backwards), _reaches_penalty(trace, backwards))
    findings = [f for f in told if f]
    summary = f"{counted(len(reaching), 'backward pass', 'backward passes')} reached the model that made the outputs."
    return Observation(KIND, len(reaching), summary, tuple(findings[:1]))


def _refused(trace: Trace) -> Finding | None:
    """backward() of a tensor that depends on no parameter: torch says so."""
    end = raised(trace, "RuntimeError", r"does not require grad and does not have a grad_fn")
    if end is None:
        return None
    last = _latest_forward(trace)
    if last is None or not last.get("params") or not last.get("grad"):
        return None  # A forward with gradients switched off is a kind of its own.
    message = f"backward() was called on a loss without a graph. {_said_of(last)}"
    return _finding(message, trace, end)


def _no_tensor(trace: Trace) -> Finding | None:
    """backward() of a Python number."""
    end = raised(trace, "AttributeError", r"^'\w*(float|int|ndarray)\w*' object has no attribute 'backward'")
    last = _latest_forward(trace)
    if end is None or last is None:
        return None
    return _finding("backward() was called on a number: the loss was taken out of its graph.", trace, end)


def _reaches_nothing(trace: Trace, backwards: list[Event]) -> Finding | None:
    """Backward passes that run through and touch no forward, while a model with parameters is in use."""
    closely = [e for e in backwards if "graded" in e]
    # A detached tensor that is made a leaf again may look like a parameter that somebody updates by hand.
    steps = [s for s in trace.steps if s.get("opt") is not None and "with_grad" in s]
    forwards = [f for f in trace.of("forward") if f.get("out_grad") and f.get("params") and f.get("grad")]
    if len(closely) < ENOUGH or len(forwards) < ENOUGH or any(e["forwards"] for e in backwards):
        return None
    if any(s["with_grad"] for s in steps) or (not steps and any(e["graded"] for e in closely)):
        return None
    message = (
        f"{counted(len(closely), 'backward pass', 'backward passes')} reached none of "
        f"{counted(len(forwards), 'forward pass', 'forward passes')}: no parameter ever got a gradient."
    )
    where = distinct_places(trace, [*_losses_without_way(trace), *closely])
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, where)


def _reaches_penalty(trace: Trace, backwards: list[Event]) -> Finding | None:
    """Backward passes that reach some parameters, but by no output of the model, whatever else is added to the loss."""
    notes = [e for e in trace.notes(WATCHERS[0], "cut") if e["forwards"] >= ENOUGH and e["tensors"] >= CUT * e["all"]]
    if not notes or any(e["forwards"] for e in backwards):
        return None
    first = notes[0]
    message = (
        f"{counted(len(backwards), 'backward pass', 'backward passes')} reached no output of {first['model']}, and "
        f"{share(first['tensors'], first['all'])} parameter tensors that made the outputs never got a gradient: what "
        "the others got came from elsewhere, as from a penalty on weights."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, [*backwards, *notes], most=1))


def _losses_without_way(trace: Trace) -> list[Event]:
    return [e for e in trace.of("loss") if e.get("forward") is not None]


def _latest_forward(trace: Trace) -> Event | None:
    forwards = [f for f in trace.of("forward") if not f.get("failed")]
    return forwards[-1] if forwards else None


def _said_of(forward: Event) -> str:
    if forward.get("out_grad"):
        return "The model's outputs did require grad: something after them cut the graph."
    return "The model has trainable parameters, but its outputs required no grad: something inside cut the graph."


def _finding(message: str, trace: Trace, end: Event) -> Finding:
    losses = list(trace.of("loss"))
    place = place_of_end(end)
    if losses and not losses[-1].get("grad"):
        at = trace.place(losses[-1])
        place = f"{at}; {place}" if at and at != place else place
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, place)
