"""Which of the rows that a model is evaluated on it had been trained on before, known by their fingerprints."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.evaluation import Pass
from torchdojo.probes.training import losses_by_forward

#: Fewer rows than this are a glance at some examples.
FEWEST_ROWS = 8
#: A pass whose rows come back so often asks a random model again and again.
_REPEATS = 3.0
#: So many forwards without a loader are over different tensors rather than over parts of one.
_FEW = 3


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One evaluation pass of one model: how many different rows it had, how many of them were trained on before.

    `natural` is the share of rows that chance would find among those trained on: small data repeats itself.
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
    passes, of_loaders = _segments(trace)
    trained: dict[int, Counter[int]] = {}
    found: dict[tuple[int, int], list[Event]] = {}
    known: dict[tuple[int, int], tuple[frozenset[int], float]] = {}
    for event in trace.events:
        if event["t"] == "optimizer":
            # Another fold, another stage: what was trained before may have been thrown away.
            trained = {}
        if event["t"] != "forward" or event["model"] not in whole:
            continue
        if event["id"] in trace.trained_ids:
            trained.setdefault(event["model"], Counter()).update(set(event.get("rows", ())))
        elif event["id"] in passes:
            key = passes[event["id"]], event["model"]
            if key not in known:
                counts = trained.get(event["model"], Counter())
                known[key] = frozenset(counts), _natural(trace, event, len(counts))
            found.setdefault(key, []).append(event)
    return [
        e
        for key, forwards in found.items()
        if (e := _evaluated(tuple(forwards), *known[key], key[0] in of_loaders)) is not None
    ]


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


def _evaluated(forwards: Pass, trained: frozenset[int], natural: float, of_loader: bool) -> Evaluated | None:
    counts = Counter(row for forward in forwards for row in set(forward.get("rows", ())))
    if len(counts) < FEWEST_ROWS or not trained or sum(counts.values()) >= _REPEATS * len(counts):
        return None
    in_parts = not of_loader and _in_parts(forwards, trained)
    return Evaluated(forwards, len(counts), sum(row in trained for row in counts), natural, in_parts)


def _in_parts(forwards: Pass, trained: frozenset[int]) -> bool:
    shares = [sum(row in trained for row in rows) / len(rows) for f in forwards if (rows := f.get("rows", ()))]
    return all(part in (0.0, 1.0) for part in shares) and len(set(shares)) > 1


def _natural(trace: Trace, evaluation: Event, known: int) -> float:
    """The share of new rows that chance alone would find among so many rows known from training.

    How many rows have a twin in their own batch tells how easily the data repeats itself: small images, short
    sequences. Among more rows than a batch has, a twin is as many times more likely.
    """
    rows = twins = batches = 0
    for forward in trace.training_forwards:
        if forward["model"] == evaluation["model"] and forward["id"] < evaluation["id"] and forward.get("rows"):
            counts: Counter[int] = Counter(forward["rows"])
            rows += sum(counts.values())
            twins += sum(n for n in counts.values() if n > 1)
            batches += 1
    if not twins:
        return 0.0
    beside = rows / batches - 1
    return min(1.0, twins / rows * max(1.0, known / beside))


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
