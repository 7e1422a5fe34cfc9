"""Gradients of earlier steps in later updates."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.training import distinct_places
from torchdojo.probes.wording import counted, share

KIND = "missing-zero-grad"
WATCHERS = ("adversaries",)

#: A stray step (a last odd batch, a skipped update) is no pattern.
TOLERATED_SHARE = 0.01

#: Of the updates of a model that judges another one's outputs: those with gradients of the other one's update.
TAINTED_SHARE = 0.1
#: So often at least it was given those outputs without their graph, and something else.
ENOUGH_CALLS = 5


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Each gradient may be used by one step only: count the steps that use it again."""
    steps = [s for s in trace.steps if s.get("params")]
    stale = [s for s in steps if s.get("stale", 0) > 0]
    empty = [s for s in steps if s.get("empty", 0) >= s["params"]]
    findings = []
    if len(stale) > TOLERATED_SHARE * len(steps):
        message = (
            f"{share(len(stale), len(steps))} steps used gradients that an earlier step had already used: "
            "backward() adds to what is there."
        )
        findings.append(_finding(message, trace, stale))
    # In a script of which more is known, clearing at the wrong moment is no mending; elsewhere it is a kind of its own.
    if expected != Expected() and len(empty) > max(1.0, TOLERATED_SHARE * len(steps)):
        message = f"{share(len(empty), len(steps))} steps found every gradient cleared again after backward()."
        findings.append(_finding(message, trace, empty))
    tainted = [note for note in trace.notes("adversaries", "pair") if _is_tainted(note)]
    if tainted and not findings:
        findings.append(_of_another(trace, tainted[0]))
    summary = f"In {counted(len(steps), 'step')} every gradient was used once: none was left from an earlier step."
    return Observation(KIND, len(steps), summary, tuple(findings))


def _is_tainted(pair: Event) -> bool:
    """A judge in an adversarial game, that is, of which one update leads through the other model and one does not."""
    enough = pair["judged"] >= ENOUGH_CALLS and pair["others"] >= ENOUGH_CALLS and pair["detached"] >= ENOUGH_CALLS
    return bool(enough and pair["tainted"] > TAINTED_SHARE * pair["judged"])


def _of_another(trace: Trace, pair: Event) -> Finding:
    message = (
        f"{share(pair['tainted'], pair['judged'])} updates of a model that judges another one's outputs used gradients "
        "that the other one's update had left in it: backward() adds to what is there."
    )
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place({"at": pair["judge_at"]}))


def _finding(message: str, trace: Trace, steps: list[Event]) -> Finding:
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, steps))
