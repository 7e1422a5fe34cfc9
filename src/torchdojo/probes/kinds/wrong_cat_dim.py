"""Tensors joined along an axis on which they do not belong beside each other."""

from __future__ import annotations

import re

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.endings import message_of, place_of_end
from torchdojo.probes.expected import Expected
from torchdojo.probes.experiments import WATCHER as EXPERIMENTS
from torchdojo.probes.experiments import mixed_samples
from torchdojo.probes.joins import WATCHER as JOINS
from torchdojo.probes.joins import Join, joined_below, latest_joins, read_join
from torchdojo.probes.wording import counted

KIND = "wrong-cat-dim"
WATCHERS = (JOINS, EXPERIMENTS)

#: What torch says when parts do not fit, when a layer gets another width, and when rows and targets differ in number.
_PARTS = re.compile(r"Sizes of tensors must match except in dimension")
_WIDTH = (
    re.compile(r"shapes cannot be multiplied \(\d+x\d+ and (\d+)x\d+\)"),
    re.compile(r"expected input\[.*\] to have (\d+) channels"),
    re.compile(r"[Gg]iven normalized_shape=\[(\d+)"),
    re.compile(r"running_mean should contain \d+ elements not (\d+)"),
    re.compile(r"must be equal to input_size\. Expected (\d+)"),
)
_ROWS = re.compile(
    r"Expected input batch_size|must match the size of tensor|Target size .* must be the same as input size|"
    r"Using a target size|size mismatch"
)


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """When a run ends because shapes do not fit, see whether a join before it would have fitted along another axis."""
    end = trace.end
    joins = latest_joins(trace)
    finding = None
    if end is not None and end["how"] == "exception" and joins:
        message = str(end.get("message") or "")
        finding = _parts_refused(joins, message, end) or _width(trace, joins, message, end)
        if finding is None and _ROWS.search(message):
            finding = _multiplied(trace, f"torch said: {message_of(end)}", end)
    elif joins and expected.training_rows is not None:
        # Elsewhere a model may well make several views of a sample, one below the other.
        finding = _multiplied(trace, "", None)
    elif joins and (end is None or end["how"] != "exception"):
        finding = _mixing(trace)
    forwards = trace.training_forwards
    times = sum(note["times"] for note in trace.notes(JOINS, "joined"))
    # Of a script that has to be mended, a join may be gone: then it is enough that its model trains.
    watched = len(forwards) if times or expected.training_rows is not None else 0
    summary = (
        f"{counted(len(forwards), 'training batch', 'training batches')} went through the model and the loss, with "
        f"{counted(times, 'join')} of tensors inside the model."
    )
    return Observation(KIND, watched, summary, (finding,) if finding else ())


def _parts_refused(joins: list[Join], message: str, end: Event) -> Finding | None:
    """The parts differ off the axis, and exactly one other axis would do."""
    last = joins[-1]
    if not (last.refused and _PARTS.search(message) and len(last.others) == 1):
        return None
    axis = last.others[0]
    said = (
        f"{last.said} cannot be joined along dimension {last.dim}. Along dimension {axis} they can. torch said: "
        f"{message_of(end)}"
    )
    return _finding(said, place_of_end(end))


def _width(trace: Trace, joins: list[Join], message: str, end: Event) -> Finding | None:
    """A layer got another width than it has, and a join along another axis would have made its width."""
    match = next((found for pattern in _WIDTH if (found := pattern.search(message))), None)
    numbers = [int(n) for n in match.groups() if n] if match else []
    if not numbers:
        return None
    wanted = numbers[0]
    for join in reversed(joins):
        if join.refused:
            continue
        fitting = [axis for axis in join.others if join.width(axis) == wanted]
        if fitting:
            said = (
                f"{join.said} were joined along dimension {join.dim}; the layer that failed takes {wanted} features, "
                f"which is what dimension {fitting[-1]} would have given. torch said: {message_of(end)}"
            )
            return _finding(said, _places(trace, join, end))
    return None


def _multiplied(trace: Trace, said: str, end: Event | None) -> Finding | None:
    """A join of parts with one row per sample multiplied the rows that the model returned."""
    note = next(trace.notes(JOINS, "multiplied"), None)
    if note is None or not read_join(note).others:
        return None
    join = read_join(note)
    message = (
        f"{join.said} were joined along dimension 0, so that the model returned {note['made']} rows for "
        f"{counted(note['rows'], 'sample')}. {said}"
    )
    return _finding(message.strip(), _places(trace, join, end))


def _mixing(trace: Trace) -> Finding | None:
    """Parts with one row per sample that were joined one below the other, in a model whose samples then mix."""
    mixed, join = mixed_samples(trace), joined_below(trace)
    if not mixed or join is None:
        return None
    message = (
        f"{join.said} were joined along dimension 0, and in the outputs the samples of a batch are mixed: exchanging "
        f"one moved those of {counted(mixed[0]['moved'], 'other sample')}."
    )
    return _finding(message, _places(trace, join, None))


def _places(trace: Trace, join: Join, end: Event | None) -> str:
    places = [trace.place(join.event), place_of_end(end) if end is not None else ""]
    return "; ".join(dict.fromkeys(place for place in places if place))


def _finding(message: str, where: str) -> Finding:
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, where)
