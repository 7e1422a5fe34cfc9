"""A tensor that backward still needs is changed in place, and autograd refuses."""

from __future__ import annotations

import re

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Trace
from torchdojo.probes.endings import message_of, place_of_end, raised
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted, shape

KIND = "in-place-on-saved-tensor"
WATCHERS = ("in_place",)

_CHANGED = r"has been modified by an inplace operation"
_LEAF = r"leaf Variable that requires grad.*in-place operation"

#: The shape of the tensor, and which node made it, as torch names them.
_TENSOR = re.compile(r"Tensor \[([\d, ]*)\]\](?:, which is output \d+ of (\w+),)?")

#: What torch says of a weight that an optimizer has changed since the forward pass.
_OF_WEIGHTS = re.compile(r"^(TBackward|AsStrided|Transpose)")


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """No backward pass may end because a saved tensor, or a leaf, was changed in place by the script."""
    passed = [e for e in trace.of("backward") if not e.get("failed")]
    findings = [f for f in (_saved(trace), _leaf(trace)) if f]
    summary = f"{counted(len(passed), 'backward pass', 'backward passes')} found every saved tensor as it was."
    return Observation(KIND, len(passed), summary, tuple(findings[:1]))


def _saved(trace: Trace) -> Finding | None:
    end = raised(trace, "RuntimeError", _CHANGED)
    if end is None:
        return None
    found = _TENSOR.search(str(end.get("message")))
    sizes = [int(n) for n in found.group(1).split(",") if n.strip()] if found else []
    maker = (found.group(2) or "") if found else ""
    changes = [c for c in trace.notes("in_place", "changed") if list(c["shape"]) == sizes]
    # Weights that an optimizer changed between forward and backward are another bug.
    if not changes and (_OF_WEIGHTS.match(maker) or _stepped_since(trace)):
        return None
    made = f" that {maker.removesuffix('Backward0')} had made" if maker else ""
    said = f"A tensor {shape(sizes)}{made} was changed in place after it had been saved for the backward pass."
    place = place_of_end(end)
    if changes:
        how = f" `{changes[-1]['how']}` changed one of this shape."
        return _finding(said + how, "; ".join(p for p in (trace.place(changes[-1]), place) if p))
    return _finding(said, place)


def _leaf(trace: Trace) -> Finding | None:
    end = raised(trace, "RuntimeError", _LEAF)
    if end is None:
        return None
    return _finding(
        f"A parameter was changed in place while gradients are recorded: {message_of(end)}", place_of_end(end)
    )


def _stepped_since(trace: Trace) -> bool:
    """Whether an optimizer stepped after the last forward pass."""
    for event in reversed(trace.events):
        if event["t"] in ("step", "forward"):
            return bool(event["t"] == "step")
    return False


def _finding(message: str, where: str) -> Finding:
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, where)
