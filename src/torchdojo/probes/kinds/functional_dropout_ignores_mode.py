"""Dropout by a function that is active in eval mode, too."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.evaluation import is_sampling
from torchdojo.probes.expected import Expected
from torchdojo.probes.modes import RootModes, heedless_dropouts
from torchdojo.probes.wording import counted, share

KIND = "functional-dropout-ignores-mode"
WATCHERS = ("modes",)

#: Two answers to one batch that are further apart than this were not rounded differently.
SPREAD = 1e-3


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """In evaluation passes of a model in eval mode nothing may be dropped."""
    modes = RootModes(trace)
    passes = [evaluation for evaluation in trace.evaluation_passes if not is_sampling(evaluation)]
    judged = [f for evaluation in passes for f in evaluation if modes.of(f) is False]
    notes = heedless_dropouts(trace)
    dropped = [notes[f["id"]] for f in judged if f["id"] in notes]
    findings: tuple[Finding, ...] = ()
    if dropped:
        findings = (_dropping(trace, dropped, len(judged)),)
    elif noisy := [n for n in trace.notes("modes", "noise") if n["spread"] > SPREAD and _among(n, judged)]:
        findings = (_noise(trace, noisy[0]),)
    summary = (
        f"In {counted(len(judged), 'evaluation batch', 'evaluation batches')} of a model in eval mode nothing was "
        "dropped."
    )
    return Observation(KIND, len(judged), summary, findings)


def _dropping(trace: Trace, dropped: list[Event], judged: int) -> Finding:
    what = "attention dropped weights" if all(n["attention"] == n["calls"] for n in dropped) else "dropout was active"
    most = max(note["calls"] for note in dropped)
    message = (
        f"In {share(len(dropped), judged)} evaluation batches {what} in {counted(most, 'call')} although the model was "
        "in eval mode: a function was not told the mode."
    )
    places = dict.fromkeys(trace.place(note) for note in dropped)
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, "; ".join(list(places)[:2]))


def _noise(trace: Trace, note: Event) -> Finding:
    message = (
        f"In eval mode, two answers of the model to one batch were {note['spread']:.1%} of their size apart. Models "
        "that sample by design do that; dropout written by hand should not."
    )
    return Finding(KIND, Severity.STYLE, Certainty.NUMERIC, message, trace.place(note))


def _among(note: Event, forwards: list[Event]) -> bool:
    return any(forward["id"] == note["forward"] for forward in forwards)
