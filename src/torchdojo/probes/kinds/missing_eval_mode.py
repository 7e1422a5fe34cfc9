"""Evaluation in train mode, or training left in eval mode."""

from __future__ import annotations

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.evaluation import covering_passes
from torchdojo.probes.expected import Expected
from torchdojo.probes.modes import heedless_dropouts
from torchdojo.probes.training import distinct_places, main_forwards
from torchdojo.probes.wording import counted, share

KIND = "missing-eval-mode"
WATCHERS = ("modes",)

#: At least this share of the training forwards has to run with dropout and batch statistics active.
ACTIVE_SHARE = 0.97


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """In every evaluation pass the mode-dependent layers must be in eval mode, in training they must not."""
    covering, _ = covering_passes(trace, expected)
    training = main_forwards(trace)
    # What is evaluated need not be what trained longest: a part with dropout may come in a later phase.
    active = [f for f in trace.training_forwards if f.get("train_leaves", 0) > 0]
    idle = [f for f in training if f.get("train_leaves", 0) == 0 and f.get("eval_leaves", 0) > 0]
    judged = [f for p in covering for f in p if f.get("train_leaves", 0) + f.get("eval_leaves", 0) > 0]
    # Dropout that is not told the mode is another bug: switching the model does not help.
    heedless = {number: note["calls"] - note["attention"] for number, note in heedless_dropouts(trace).items()}
    wrong = [f for f in judged if f.get("train_leaves", 0) > heedless.get(f["id"], 0)]
    findings = []
    if wrong:
        numbers = {f["id"] for f in wrong}
        passes = [p for p in covering if any(f["id"] in numbers for f in p)]
        message = (
            f"{share(len(passes), len(covering))} evaluation passes ran with "
            f"{counted(max(f['train_leaves'] for f in wrong), 'layer')} in train mode (dropout, batch norm)."
        )
        findings.append(_finding(message, trace, wrong))
    if _left_in_eval(idle, training, expected):
        message = f"{share(len(idle), len(training))} training batches ran with dropout and batch norm in eval mode."
        findings.append(_finding(message, trace, idle))
    summary = (
        f"{counted(len(covering), 'evaluation pass', 'evaluation passes')} over "
        f"{counted(len(judged), 'batch', 'batches')}: no layer in train mode; in train mode during training."
    )
    watched = len(covering) if active and judged else 0
    return Observation(KIND, watched, summary, tuple(findings))


def _left_in_eval(idle: list[Event], training: list[Event], expected: Expected) -> bool:
    """Whether the task expects otherwise; of an unknown script the probe of left-in-eval-mode knows more."""
    too_many = len(idle) > (1 - ACTIVE_SHARE) * len(training)
    return bool(idle and expected.mode_leaves and too_many)


def _finding(message: str, trace: Trace, events: list[Event]) -> Finding:
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, distinct_places(trace, events))
