"""Trainable parameters that the loss reaches and no optimizer owns."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted

KIND = "parameters-not-in-optimizer"
WATCHERS = ("gradient_use", "orphans")

#: Looks at the gradients that have to agree.
ENOUGH_LOOKS = 3

#: A network that computes a loss is called for the output and for the target. A part of the model is called once, or
#: any number of times for the data as they are, as a critic is along a path.
CALLS_OF_A_PART = 1.5


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """A parameter that gets gradients has to be somebody's to update."""
    fed = [note for note in trace.notes("gradient_use", "optimizer") if note["filled"] and note["steps"]]
    left = [note for note in trace.notes("gradient_use", "unowned") if note["filled"] >= ENOUGH_LOOKS]
    # An optimizer that holds tensors which were replaced is what has to be mended: one bug, told by its own kind.
    replaced = {note["model"] for note in trace.notes("orphans", "optimizer")}
    findings = [_finding(trace, note) for note in left if fed and _is_part(note) and note["model"] not in replaced]
    passes = max((note["filled"] for note in fed), default=0)
    summary = (
        f"{counted(passes, 'backward pass', 'backward passes')}: every trainable parameter with a gradient belongs to "
        f"an optimizer ({counted(len(fed), 'optimizer')}) or was updated by hand."
    )
    return Observation(KIND, passes, summary, tuple(findings))


def _is_part(note: Event) -> bool:
    """Whether these belong to what is trained, and not to a network that only measures."""
    if note["owned"]:
        return True
    learns = note["calls"] <= CALLS_OF_A_PART or not note["measures"]
    return bool(note["training"] and note["others"] and learns)


def _finding(trace: Trace, note: Event) -> Finding:
    names = ", ".join(note["names"][:3]) + (", ..." if note["tensors"] > 3 else "")
    severity = Severity.PERFORMANCE if note["loaded"] else Severity.BUG
    message = (
        f"{counted(note['tensors'], 'parameter tensor')} of {note['model']} ({names}; "
        f"{counted(note['scalars'], 'number')}) got gradients in every backward pass looked at, but no optimizer was "
        "ever given them and they never changed."
    )
    return Finding(KIND, severity, Certainty.EVENT, message, trace.place(note))
