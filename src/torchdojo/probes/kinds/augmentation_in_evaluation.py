"""Evaluation sees its rows changed at random, and differently each time."""

from __future__ import annotations

from collections.abc import Sequence

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.passes import training_passes
from torchdojo.probes.training import distinct_places, losses_by_forward
from torchdojo.probes.wording import counted, share

KIND = "augmentation-in-evaluation"
WATCHERS = ("inputs", "passes")

#: So many rows have to be compared, so many of them changed, and so many of those still be recognised: of new rows
#: with the same labels at the same places, one in as many as share a label looks like its predecessor by chance.
FEWEST_ROWS, CHANGED, RECOGNISED = 8, 0.25, 0.4
#: Rows that are known by their values alone, wherever these lie: more of them, since there is one more way to be alike.
FEWEST_ALIKE, ALIKE = 16, 0.6


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """Compare the rows of one evaluation with those of the evaluation before: the same, changed, or other ones?"""
    evaluating = {f["id"]: f for found in trace.evaluation_passes for f in found}
    notes = [e for e in trace.notes(WATCHERS[0], "again") if e["forward"] in evaluating and e["rows"] >= FEWEST_ROWS]
    # Several changed copies of a batch in one pass are averaged on purpose.
    copies = {e["at"] for e in trace.notes(WATCHERS[0], "repeated") if _recognised(e)}
    changed = [e for e in notes if _recognised(e) and e["at"] not in copies]
    # Where the same rows are evaluated as they are, too, noise and adversaries are a question of their own.
    changed = [e for e in changed if e["plain"] < RECOGNISED * e["rows"]]
    findings = []
    if changed and len(changed) >= 0.5 * len(notes) and not _noise_is_the_task(trace, changed):
        first = changed[0]
        message = (
            f"{share(first['changed'], first['rows'])} rows were not what they had been in the evaluation before, "
            f"though near to it, {counted(len(changed), 'time')}: they are changed at random."
        )
        where = distinct_places(trace, [evaluating[e["forward"]] for e in changed], most=1)
        findings.append(Finding(KIND, Severity.BUG, Certainty.NUMERIC, message, where))
    elif redrawn := _redrawn(trace):
        message = (
            f"{counted(len(redrawn), 'evaluation pass', 'evaluation passes')} began with other inputs than the pass "
            "before, although the same rows were drawn, with the same targets: the data set, which serves training, "
            "too, changes them at random."
        )
        where = distinct_places(trace, redrawn, most=1)
        findings.append(Finding(KIND, Severity.BUG, Certainty.EVENT, message, where))
    same = sum(e["changed"] == 0 for e in notes)
    summary = f"{share(same, len(notes))} evaluations began with exactly the rows of the evaluation before."
    return Observation(KIND, len(notes), summary, tuple(findings))


def _redrawn(trace: Trace) -> list[Event]:
    """Passes of evaluation that drew the rows of the one before in its order, and got them with other inputs alone.

    Where training draws from another data set, one that makes its rows at random may be meant to.
    """
    trained = {event["base"] for event, _ in training_passes(trace)}
    training = {(event["loader"], event["number"]) for event, _ in training_passes(trace)}
    latest: dict[int, Event] = {}
    found = []
    for event in trace.notes(WATCHERS[1], "pass"):
        if (event["loader"], event["number"]) in training or event["base"] not in trained or len(event["first"]) < 2:
            continue
        before = latest.get(event["loader"])
        if before is not None and before["order"] == event["order"] and event["drawn"] >= FEWEST_ALIKE:
            others = before["first"][1:] == event["first"][1:]
            if others and before["first"][0] != event["first"][0]:
                found.append(event)
        latest[event["loader"]] = event
    return found if found and not _noise_is_the_task(trace, _first_forwards(trace, found)) else []


def _first_forwards(trace: Trace, passes: Sequence[Event]) -> list[Event]:
    """For each of these passes the forward that came first in it."""
    numbers = [f["id"] for f in trace.of("forward")]
    firsts = (next((i for i in numbers if p["after"] < i <= p["until"]), None) for p in passes)
    return [{"forward": number} for number in firsts if number is not None]


def _recognised(note: Event) -> bool:
    near = note["nearest"] >= RECOGNISED * note["changed"]
    moved = note["rows"] >= FEWEST_ALIKE and note["alike"] >= ALIKE * note["changed"]
    return bool(note["changed"] >= CHANGED * note["rows"] and (near or moved))


def _noise_is_the_task(trace: Trace, changed: Sequence[Event]) -> bool:
    """Whether the models with changed rows learn to take noise away, or inputs are changed along gradients."""
    if any(True for _ in trace.of("gradient")):
        return True
    losses = losses_by_forward(trace)
    ids = {e["forward"] for e in changed}
    models = {f["model"] for found in trace.evaluation_passes for f in found if f["id"] in ids}
    # What is evaluated may be a copy, an average of weights for one, that is never trained itself.
    forwards = [f for f in trace.training_forwards if f["model"] in models] or trace.training_forwards
    trained = [f for f in forwards if losses.get(f["id"])]
    alike = [f for f in trained if any(_same_size(f, loss) for loss in losses[f["id"]])]
    return not trained or len(alike) > 0.5 * len(trained)


def _same_size(forward: Event, loss: Event) -> bool:
    """Whether the target is as large as the input: something like the input is to come out."""
    given, target = forward.get("shape") or [], loss.get("target_shape") or []
    return len(given) > 1 and given == target and given[-1] > 1
