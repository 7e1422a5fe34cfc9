"""A generator that learns nothing from its discriminator, or learns from the discriminator's own update."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted, share

KIND = "gan-step-leaks"
WATCHERS = ("adversaries",)

_ENOUGH_STEPS = 5

#: A first or last update may be odd.
_TOLERATED = 0.1


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Look at each update of a model whose output is judged by another model."""
    pairs = [note for note in trace.notes("adversaries", "pair") if _is_adversarial(note)]
    findings = [finding for note in pairs if (finding := _finding(trace, note)) is not None]
    steps = sum(note["steps"] for note in pairs)
    summary = (
        f"{counted(steps, 'update')} of a generator: gradients came through the discriminator, and from there alone."
    )
    return Observation(KIND, steps, summary, tuple(findings))


def _is_adversarial(note: Event) -> bool:
    """The judge is given other things, too: a decoder or a head only gets what the model before it makes.

    And each has updates of its own: what one update moves together does not work against itself.
    """
    return bool(note["others"] >= _ENOUGH_STEPS and note["steps"] - note["together"] >= _ENOUGH_STEPS)


def _finding(trace: Trace, note: Event) -> Finding | None:
    if note["empty"] > (1 - _TOLERATED) * note["steps"]:
        message = (
            f"{share(note['empty'], note['steps'])} updates of the generator found no gradient: what it made was "
            f"handed to the discriminator detached, {note['detached']} times, and with a graph {note['attached']} "
            "times. It never learns."
        )
    elif note["mixed"] > _TOLERATED * note["steps"]:
        message = (
            f"{share(note['mixed'], note['steps'])} updates of the generator used gradients that the discriminator's "
            "own update had left in it: they pull the other way."
        )
    else:
        return None
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(note))
