"""The axis of the batch disappears in the model, or is merged with another."""

from __future__ import annotations

import re

from torchdojo.domain.finding import Certainty, Finding, Observation, Severity
from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected
from torchdojo.probes.wording import counted, shape

KIND = "batch-dimension-merged"
WATCHERS = ("batch_axes",)

#: What a linear layer says of an input without rows, and of one with a single row.
_NO_ROWS = re.compile(r"got input \(\d+\), mat \(\d+x(\d+)\), vec \((\d+)\)")
_ONE_ROW = re.compile(r"\(1x(\d+) and (\d+)x\d+\)")


def observe(trace: Trace, expected: Expected = Expected()) -> Observation:  # noqa: B008  frozen
    """As many rows have to come out as went in, and a batch of one must still be a batch."""
    shapes = list(trace.notes("batch_axes", "shapes"))
    findings = [*_lost(trace), *_merged(trace, shapes), *_failed(trace, expected)]
    forwards = len(trace.training_forwards)
    summary = (
        f"{counted(forwards, 'training batch', 'training batches')} of {counted(len(shapes), 'shape')}: "
        "every one kept its axis."
    )
    watched = max(forwards, len(shapes)) if shapes else len(findings)
    other = [note for note in shapes if note["made"][:1] != note["given"][:1]]
    if other and expected.training_rows is not None:
        # Sound in many models, but no sign that rows which were lost are there again.
        watched = 0
        summary = f"{shape(other[0]['given'])} went into the model and {shape(other[0]['made'])} came out."
    return Observation(KIND, watched, summary, tuple(findings[:2]))


def _lost(trace: Trace) -> list[Finding]:
    return [
        _finding(
            trace,
            note,
            f"A batch of one came out with {counted(note['rank'], 'axis', 'axes')}, larger batches with "
            f"{note['usual']}: the axis of the batch went with the axes of size 1.",
        )
        for note in list(trace.notes("batch_axes", "rank"))[:1]
    ]


def _merged(trace: Trace, shapes: list[Event]) -> list[Finding]:
    """A loss that fails because the model gave it another number of rows than there are targets."""
    failed = [e for e in trace.of("loss") if e.get("value") is None and e.get("shape") and e.get("target_shape")]
    if not failed or trace.end is None or trace.end["how"] != "exception":
        return []
    loss = failed[-1]
    for note in reversed(shapes):
        rows = note["given"][0]
        if loss["target_shape"][0] == rows > 1 and loss["shape"] == note["made"] and _other_rows(note["made"], rows):
            message = (
                f"{rows} rows went into the model and shape {shape(note['made'])} came out: the axis of the batch was "
                "merged with another. The loss could not match it with the targets."
            )
            return [_finding(trace, note, message)]
    return []


def _other_rows(made: list[int], rows: int) -> bool:
    return not made or (made[0] != rows and (made[0] % rows == 0 or len(made) == 1))


def _failed(trace: Trace, expected: Expected) -> list[Finding]:
    """A linear layer that fails because all samples reached it in one row."""
    forwards = [e for e in trace.of("forward") if e.get("failed") and e.get("shape")]
    if not forwards or trace.end is None or trace.end["how"] != "exception":
        return []
    rows = forwards[-1]["shape"][0]
    if len(forwards[-1]["shape"]) == 1 and expected == Expected():
        return []  # The script's own data had no second axis: a kind of its own.
    message = str(trace.end.get("message", ""))
    found = _NO_ROWS.search(message) or _ONE_ROW.search(message)
    if found is None or rows < 2:
        return []
    small, large = sorted(int(number) for number in found.groups())
    if large != small * rows:
        return []
    said = (
        f"{large} numbers reached a linear layer that takes {small}: the {rows} samples of the batch arrived as one "
        "row, because the axis of the batch was flattened with the others."
    )
    line = trace.end.get("line")
    where = f"line {line}, {trace.end.get('function')}" if line and trace.end.get("function") else f"line {line}"
    return [Finding(KIND, Severity.BUG, Certainty.EVENT, said, where if line else "")]


def _finding(trace: Trace, note: Event, message: str) -> Finding:
    return Finding(KIND, Severity.BUG, Certainty.EVENT, message, trace.place(note))
