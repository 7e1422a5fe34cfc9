"""One recorded run turned into what a person can look at while the script stays hidden. Judges nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from torchdojo.domain.looks import Exhibit, Line, Look, Recording
from torchdojo.domain.report import Curve
from torchdojo.domain.trace import Event, Trace
from torchdojo.judge.curves import CurveReader
from torchdojo.judge.ending import ending
from torchdojo.judge.fleet import MAIN, OUTCOME_SECONDS, Fleet
from torchdojo.judge.session import Session
from torchdojo.judge.stream import Stream
from torchdojo.patience import Deadline
from torchdojo.wire import WireTimeout

_GRACE_SECONDS = 15.0
_WATCHER = "vitals"

#: Points of one series; more can be neither seen nor read.
_MOST_POINTS = 160
#: Evaluation passes that are told apart before they are summed up.
_MOST_PASSES = 30

_CURVES = {
    "train_loss": "training loss",
    "val_loss": "loss of evaluation passes",
    "val_accuracy": "accuracy of evaluation passes",
}
_NOTHING_UPDATED = "The run made no update by an optimizer."


def record(session: Session, request: Mapping[str, Any]) -> Recording:
    """Run the script once and say what was seen. What it printed is the caller's to add."""
    secret = int(request["secret_seed"])
    fleet = Fleet(session, Deadline(float(request["wall_seconds"]) + _GRACE_SECONDS), secret)
    curves = CurveReader(lambda name, x, y: None)
    session.progress({"type": "stage", "text": "The script runs once, and is recorded"})
    asked = {"filename": request["filename"], "seed": int(request["seed"]), "sample": 0, "watch": [_WATCHER]}
    main = fleet.submit(MAIN, asked, listener=curves.feed)
    fleet.wait(main)
    assert main.stream is not None
    outcome = _outcome(main.stream)
    if outcome is not None and outcome["status"] == "internal_error":
        raise RuntimeError(f"the script could not be run: {outcome['message']}")
    ended = ending(main.stream.trace, main.stream.broken, outcome, main.stream.tampered)
    place = f" ({ended.where})" if ended.where else ""
    remark = f"The run ended early: {ended.message}{place}" if ended.fault else "The run came to its end."
    return exhibits(main.stream.trace, curves.curves(), remark)


def exhibits(trace: Trace, curves: Sequence[Curve], remark: str) -> Recording:
    """What the trace of a run shows, by look. `remark` says how it ended."""
    notes = list(trace.notes(_WATCHER))
    updates = _thinned([note for note in notes if note["what"] == "update"])
    passes = _thinned([note for note in notes if note["what"] == "backward"])
    return Recording(
        {
            Look.OUTPUT: (Exhibit("What the script printed", remark),),
            Look.LOSS: (_losses(curves),),
            Look.RATES: _rates(updates),
            Look.MODES: (_modes(trace),),
            Look.BATCH: _tensors([note for note in notes if note["what"] == "tensor"]),
            Look.GRADIENTS: (_gradients(updates, passes),),
            Look.ACTIVATIONS: _activations([note for note in notes if note["what"] == "activations"]),
        }
    )


def _outcome(stream: Stream) -> Mapping[str, Any] | None:
    try:
        return stream.job.outcome(Deadline(OUTCOME_SECONDS))
    except WireTimeout:
        stream.job.kill()
        return None


def _losses(curves: Sequence[Curve]) -> Exhibit:
    lines = tuple(Line(_CURVES.get(curve.name, curve.name), curve.x, curve.y) for curve in curves)
    remark = "By number of updates." if lines else "No loss was seen: no library loss ran and nothing went backward."
    return Exhibit("Losses", remark, lines=lines)


def _rates(updates: Sequence[Event]) -> tuple[Exhibit, ...]:
    if not updates:
        return (Exhibit("Learning rate", _NOTHING_UPDATED),)
    groups = max(len(note["rates"]) for note in updates)
    rates = [
        _line(f"group {group + 1}" if groups > 1 else "learning rate", updates, lambda n, g=group: _at(n["rates"], g))
        for group in range(groups)
    ]
    total = _line("all weights together", updates, lambda note: note["total"])
    sizes = _by_layer(updates, "sizes")
    return (
        Exhibit("Learning rate", "By number of updates.", lines=tuple(rates)),
        Exhibit("Size of updates", "How much an update changes the weights, relative to them.", lines=(total, *sizes)),
    )


def _gradients(updates: Sequence[Event], passes: Sequence[Event]) -> Exhibit:
    if updates:
        return Exhibit("Norm of the gradient by layer", "Just before updates.", lines=_by_layer(updates, "norms"))
    remark = f"{_NOTHING_UPDATED} "
    if passes:
        return Exhibit("Norm of the gradient by layer", remark + "By backward pass.", lines=_by_layer(passes, "norms"))
    return Exhibit("Norm of the gradient by layer", remark + "There is nothing to show.")


def _activations(notes: Sequence[Event]) -> tuple[Exhibit, ...]:
    """The first and the last look at each model."""
    found = []
    for model in dict.fromkeys(note["model"] for note in notes):
        own = [note for note in notes if note["model"] == model]
        for note in dict.fromkeys((0, len(own) - 1)):
            found.append(_activation_table(own[note]))
    return tuple(found) or (Exhibit("Activations", "No training forward came to its end."),)


def _activation_table(note: Event) -> Exhibit:
    rows = [
        (layer, _short(mean), _short(spread), _percent(zeros), _percent(fed))
        for layer, mean, spread, zeros, fed in zip(
            *(note[key] for key in ("layers", "means", "spreads", "zeros", "fed_zeros")), strict=False
        )
    ]
    return Exhibit(
        f"{note['model']}, after {_count(int(note['number']), 'update')}",
        "Outputs of the layers in one training forward.",
        columns=("Layer", "Mean", "Std", "Zeros", "Zeros in its input"),
        rows=tuple(rows),
    )


def _tensors(notes: Sequence[Event]) -> tuple[Exhibit, ...]:
    if not notes:
        return (Exhibit("One batch", "No model was called."),)
    rows: list[tuple[str, ...]] = []
    counted: list[tuple[str, ...]] = []
    for note in notes:
        reach = f"{_short(note['low'])} … {_short(note['high'])}" if "low" in note else ""
        shape = f"({', '.join(map(str, note['shape']))})"
        mean = f"{_short(note['mean'])} ± {_short(note['spread'])}" if "mean" in note else ""
        strange, first = str(note.get("strange", "")), " ".join(map(_short, note.get("first", [])))
        rows.append((note["role"], shape, note["dtype"], reach, mean, _percent(note.get("zeros", "")), strange, first))
        if "labels" in note:
            pairs = zip(note["labels"], note["counts"], strict=False)
            counted += [(note["role"], _short(label), str(count)) for label, count in pairs]
    columns = ("Tensor", "Shape", "Type", "Range", "Mean ± std", "Zeros", "NaN, inf", "First values")
    found = [Exhibit("Tensors of the first batch", columns=columns, rows=tuple(rows))]
    if counted:
        found.append(Exhibit("Values and how often", columns=("Tensor", "Value", "Count"), rows=tuple(counted)))
    return tuple(found)


def _modes(trace: Trace) -> Exhibit:
    columns = ("When", "Forwards seen", "Mode of dropout and norms", "Gradients")
    rows = []
    for flags, own in _grouped(trace.training_forwards):
        rows.append(("training", str(len(own)), *flags))
    after = {event["id"]: number for number, event in _numbered(trace)}
    told: list[tuple[str, tuple[str, str], int]] = []
    for number, forwards in enumerate(trace.evaluation_passes, start=1):
        for flags, own in _grouped(forwards):
            told.append((f"evaluation {number}, after {_count(after[own[0]['id']], 'update')}", flags, len(own)))
    remark = "" if told else "There was no evaluation pass that could be told from training."
    if len({flags for _, flags, _ in told}) == 1 and len(told) > 1:
        rows.append((f"all {len(told)} evaluations", str(sum(number for _, _, number in told)), *told[0][1]))
    else:
        rows += [(when, str(number), *flags) for when, flags, number in told[:_MOST_PASSES]]
    return Exhibit("Modes and gradients", remark, columns=columns, rows=tuple(rows))


def _grouped(forwards: Iterable[Event]) -> list[tuple[tuple[str, str], list[Event]]]:
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in forwards:
        groups.setdefault((_mode(event), _recording(event)), []).append(event)
    return list(groups.items())


def _mode(event: Event) -> str:
    train, evaluation = event.get("train_leaves", 0), event.get("eval_leaves", 0)
    if train and evaluation:
        return f"train in {train}, eval in {evaluation}"
    return "train" if train else "eval" if evaluation else "none of these ran"


def _recording(event: Event) -> str:
    if event.get("inference"):
        return "inference mode"
    return "recorded" if event.get("grad") else "not recorded"


def _numbered(trace: Trace) -> Iterable[tuple[int, Event]]:
    """Forwards with the number of updates before them."""
    number = 0
    for event in trace.events:
        if event["t"] == "step":
            number += 1
        elif event["t"] == "forward":
            yield number, event


def _by_layer(notes: Sequence[Event], key: str) -> tuple[Line, ...]:
    layers = list(dict.fromkeys(layer for note in notes for layer in note["layers"]))
    owner = {layer.partition(".")[0] for layer in layers if "." in layer}

    def shown(layer: str) -> str:
        # The name of the only model says nothing.
        return layer.partition(".")[2] if len(owner) == 1 and "." in layer else layer

    def value(note: Event, layer: str) -> Any:
        return _at(note[key], note["layers"].index(layer)) if layer in note["layers"] else ""

    lines = (_line(shown(layer), notes, lambda note, own=layer: value(note, own)) for layer in layers)
    return tuple(line for line in lines if key == "norms" or any(y is not None for y in line.y))


def _line(name: str, notes: Sequence[Event], value: Any) -> Line:
    return Line(name, tuple(float(note["number"]) for note in notes), tuple(_number(value(note)) for note in notes))


def _at(values: Sequence[str], position: int) -> str:
    return values[position] if position < len(values) else ""


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _short(text: str) -> str:
    value = _number(text)
    return text if value is None else f"{value:.3g}"


def _percent(text: str) -> str:
    value = _number(text)
    return "" if value is None else f"{value:.0%}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _thinned(notes: Sequence[Event]) -> Sequence[Event]:
    return notes[:: max(1, math.ceil(len(notes) / _MOST_POINTS))]
