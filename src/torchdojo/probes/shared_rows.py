"""Which of the rows that a model is evaluated on it had been trained on before, known by their fingerprints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.entry import FLOATS
from torchdojo.probes.evaluation import Pass
from torchdojo.probes.training import losses_by_forward

#: Fewer rows than this are a glance at some examples.
FEWEST_ROWS = 8
#: A pass whose rows come back so often asks a random model again and again.
_REPEATS = 3.0
#: So many forwards without a loader are over different tensors rather than over parts of one.
_FEW = 3
#: Rows whose features all have so many values, of so many rows, are not equal by nature.
_CONTINUOUS, _ENOUGH_ROWS = 0.5, 16
#: Evaluations in more of the pauses between updates than this, of other rows each time, belong to the updates.
_EVERY_UPDATE = 0.5


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One evaluation pass of one model: how many different rows it had, how many of them were trained on before.

    `natural` is the number of rows that would be found among the training rows if twins came by chance only.
    `in_parts` says that each batch was either new or trained on, as if one data set had followed another; of a
    loader's pass it is not asked.
    """

    forwards: Pass
    rows: int
    trained: int
    natural: float
    in_parts: bool

    @property
    def share(self) -> float:
        """The share of rows that were trained on."""
        return self.trained / self.rows


def evaluated_passes(trace: Trace) -> list[Evaluated]:
    """Every evaluation pass with known rows, of models whose training rows have a target each."""
    whole = _models_with_a_target_per_row(trace)
    measured = _models_of_measured_rows(trace)
    passes, of_loaders = _segments(trace)
    for number in _for_updates(trace) | _scored_in_part(trace):
        passes.pop(number, None)
    trained: dict[int, _Trained] = {}
    found: dict[tuple[int, int], list[Event]] = {}
    known: dict[tuple[int, int], _UntilNow] = {}
    for event in trace.events:
        if event["t"] == "optimizer":
            # Another fold, another stage: what was trained before may have been thrown away.
            trained = {}
        if event["t"] != "forward" or event["model"] not in whole:
            continue
        if event["id"] in trace.trained_ids:
            trained.setdefault(event["model"], _Trained()).add(event)
        elif event["id"] in passes:
            key = passes[event["id"]], event["model"]
            if key not in known:
                known[key] = trained.get(event["model"], _Trained()).as_it_is()
            found.setdefault(key, []).append(event)
    again = Counter((key[1], _rows(forwards)) for key, forwards in found.items())
    judged = []
    for key, forwards in found.items():
        # What is drawn anew each time, as from a buffer of experience, is no set that was held out.
        copies = key[1] in measured and again[key[1], _rows(forwards)] > 1
        judged.append(_evaluated(tuple(forwards), known[key], key[0] in of_loaders, copies=copies))
    return [e for e in judged if e is not None]


def _rows(forwards: Iterable[Event]) -> frozenset[int]:
    return frozenset(row for forward in forwards for row in forward.get("rows", ()))


def _segments(trace: Trace) -> tuple[dict[int, int], set[int]]:
    """The number of the pass for each evaluation forward, and the numbers of those that a loader fed.

    A pass over the training rows may follow one over others at once.
    Each iteration of a loader is a pass of its own, and so is each line, and each of a few forwards without a loader.
    """
    place = {f["id"]: (number, f["at"]) for number, found in enumerate(trace.evaluation_passes) for f in found}
    sizes = [len(found) for found in trace.evaluation_passes]
    found: dict[int, int] = {}
    of_loaders: set[int] = set()
    number, current, fed = 0, None, False
    for event in trace.events:
        if event["t"] == "iter":
            number, fed = number + 1, True
        elif event["t"] == "step":
            fed = False
        elif event["t"] == "forward" and event["id"] in place:
            alone = not fed and sizes[place[event["id"]][0]] <= _FEW
            if place[event["id"]] != current or alone:
                number, current = number + 1, place[event["id"]]
            found[event["id"]] = number
            if fed:
                of_loaders.add(number)
    return found, of_loaders


def _for_updates(trace: Trace) -> set[int]:
    """Forwards without a gradient that an update asks for itself: the values of next states, a second opinion.

    They stand between a training forward and its backward pass, or before (nearly) every update, with other rows.
    """
    found: set[int] = set()
    waiting: list[int] = []
    trained = False
    for event in trace.events:
        if event["t"] == "forward":
            if event["id"] in trace.trained_ids:
                trained = True
            elif trained:
                waiting.append(event["id"])
        elif event["t"] == "backward":
            if not event.get("failed"):
                found.update(waiting)
            waiting, trained = [], False
        elif event["t"] == "step":
            waiting, trained = [], False
    passes = [p for p in trace.evaluation_passes if not all(f["id"] in found for f in p)]
    rows = Counter(frozenset(row for f in p for row in f.get("rows", ())) for p in passes)
    if len(passes) > _EVERY_UPDATE * len(trace.steps) and len(rows) > _EVERY_UPDATE * len(passes):
        found.update(f["id"] for p in passes for f in p)
    return found


def _scored_in_part(trace: Trace) -> set[int]:
    """Evaluations of which every score is about fewer rows than went in: which rows these are is not known.

    So the nodes of a graph are scored: all go through the model, those held out count. Known where the watcher
    `comparisons` looked.
    """
    rows = {f["id"]: (f.get("shape") or [0])[0] for found in trace.evaluation_passes for f in found}
    scores = [(note["after"], note["first"]) for note in trace.notes("comparisons", "compared")]
    scores += [(loss.get("forward"), loss["shape"]) for loss in trace.of("loss") if loss.get("shape")]
    about = [(number, shape[0] if shape else 0) for number, shape in scores if number in rows]
    whole = {number for number, scored in about if scored >= rows[number]}
    return {number for number, scored in about if scored} - whole


class _Trained:
    """The rows one model was trained on so far, and how often two rows of a batch were equal.

    `rows` tells for each row how many different ones had been trained on before it came.
    """

    def __init__(self) -> None:
        self.rows: dict[int, int] = {}
        self._pairs = self._twins = 0
        self._whole_numbers = False

    def add(self, forward: Event) -> None:
        """A training batch."""
        rows = forward.get("rows", ())
        for row in rows:
            self.rows.setdefault(row, len(self.rows))
        self._pairs += len(rows) * (len(rows) - 1) // 2
        self._twins += sum(n * (n - 1) // 2 for n in Counter(rows).values() if n > 1)
        self._whole_numbers = not str(forward.get("dtype", "")).startswith(FLOATS)

    def as_it_is(self) -> _UntilNow:
        """What is known now; it goes on no further."""
        # Of a few whole numbers twins are to be expected, even where none was seen among the pairs of a batch.
        twins = self._twins + (3 if self._whole_numbers else 0)
        return _UntilNow(self.rows, len(self.rows), twins / max(1, self._pairs))


@dataclass(frozen=True, slots=True)
class _UntilNow:
    """The first `number` rows one model was trained on, and how often two rows are twins."""

    rows: Mapping[int, int]
    number: int
    twins: float

    def __contains__(self, row: int) -> bool:
        return self.rows.get(row, self.number) < self.number

    def by_chance(self, rows: int) -> float:
        """How many of so many new rows have a twin here, if rows are as often equal as two rows of a batch are."""
        return rows * self.number * self.twins


def _evaluated(forwards: Pass, trained: _UntilNow, of_loader: bool, *, copies: bool) -> Evaluated | None:
    """What is known of a pass; with `copies`, rows of it that were trained on are copies of these."""
    counts = Counter(row for forward in forwards for row in set(forward.get("rows", ())))
    if len(counts) < FEWEST_ROWS or not trained.number or sum(counts.values()) >= _REPEATS * len(counts):
        return None
    in_parts = not of_loader and _in_parts(forwards, trained)
    again = sum(row in trained for row in counts)
    natural = 0.0 if copies else trained.by_chance(len(counts))
    return Evaluated(forwards, len(counts), again, natural, in_parts)


def _models_of_measured_rows(trace: Trace) -> set[int]:
    """Models whose rows are all of measured numbers, of which two are the same only when one is a copy.

    Known where the watcher `inputs` looked at them.
    """
    models = {f["id"]: f["model"] for f in trace.training_forwards}
    found: dict[int, list[bool]] = {}
    for note in trace.notes("inputs", "spread"):
        if note["forward"] in models and note["rows"] >= _ENOUGH_ROWS:
            measured = note["levels"] >= _CONTINUOUS * note["rows"]
            found.setdefault(models[note["forward"]], []).append(measured)
    return {model for model, told in found.items() if all(told)}


def _in_parts(forwards: Pass, trained: _UntilNow) -> bool:
    shares = [sum(row in trained for row in rows) / len(rows) for f in forwards if (rows := f.get("rows", ()))]
    return all(part in (0.0, 1.0) for part in shares) and len(set(shares)) > 1


def _models_with_a_target_per_row(trace: Trace) -> set[int]:
    """Models whose losses judge every row that went in: in a graph or a masked sequence only some rows are trained."""
    losses = losses_by_forward(trace)
    judged: dict[int, list[bool]] = {}
    for forward in trace.training_forwards:
        shape = forward.get("shape") or [0]
        for loss in losses.get(forward["id"], []):
            judged.setdefault(forward["model"], []).append(loss["weight"] >= shape[0])
    batches: dict[int, set[frozenset[int]]] = {}
    for forward in trace.training_forwards:
        batches.setdefault(forward["model"], set()).add(frozenset(forward.get("rows", ())))
    # Without a known loss, the same rows each time may be a graph of which some nodes count.
    unseen = {model for model, rows in batches.items() if model not in judged and len(rows) > 1}
    return unseen | {model for model, found in judged.items() if sum(found) >= 0.5 * len(found)}
