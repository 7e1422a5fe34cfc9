"""Which evaluation passes of a run count as evaluation: enough rows, and rows that are scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.expected import Expected

#: A pass over fewer of the held-out rows than this is a glance, not an evaluation.
COVERING_SHARE = 0.9

#: So many predictions compared with as many targets are a score.
_FEWEST_COMPARED = 8

#: The same rows this often within one pass is sampling from a random model (Monte Carlo), not scoring.
REPEATS_OF_SAMPLING = 3.0

Pass = tuple[Event, ...]


def row_count(forwards: Pass) -> int:
    """Distinct rows in a pass; rows beyond those fingerprinted are taken to be distinct."""
    known = {row for forward in forwards for row in forward.get("rows", ())}
    beyond = sum(max(0, _batch(forward) - len(forward.get("rows", ()))) for forward in forwards)
    return len(known) + beyond


def covering_passes(trace: Trace, expected: Expected) -> tuple[list[Pass], int]:
    """The passes that score (nearly) all held-out rows, and how many evaluation passes there are in all.

    Without knowledge of the held-out set, a pass counts when a loss was computed in it, a loader fed it, its
    predictions were seen to be compared with targets, or it asks the model about the very rows of an earlier pass that
    it is not trained on; and the largest such pass stands for the whole set: a teacher's forwards, sampling and Monte
    Carlo passes do not count.
    """
    passes = list(trace.evaluation_passes)
    if expected.held_out_rows is not None:
        needed = COVERING_SHARE * expected.held_out_rows
        return [p for p in passes if row_count(p) >= needed], len(passes)
    scored = _scored_forwards(trace) | _asked_again(trace)
    meant = _meant_for_training(trace)
    passes = [tuple(f for f in p if f["id"] not in meant) for p in passes]
    kept = [p for p in passes if any(f["id"] in scored for f in p) and not is_sampling(p)]
    if not kept:
        return [], 0
    largest = max(row_count(p) for p in kept)
    covering = [p for p in kept if row_count(p) >= COVERING_SHARE * largest]
    return covering, len(covering)


def _batch(forward: Event) -> int:
    shape = forward.get("shape") or [1]
    return int(shape[0])


def is_sampling(forwards: Pass) -> bool:
    """Whether the same rows were asked again and again."""
    counts = Counter(row for forward in forwards for row in set(forward.get("rows", ())))
    return bool(counts) and sum(counts.values()) / len(counts) >= REPEATS_OF_SAMPLING


def _scored_forwards(trace: Trace) -> set[int | None]:
    """Ids of untouched forwards that a loader outside training feeds, or whose output meets a loss or targets."""
    scored: set[int | None] = set(_compared_forwards(trace))
    training_loaders = _training_loaders(trace)
    loader: int | None = None
    for index, event in enumerate(trace.events):
        if event["t"] == "batch":
            loader = event["loader"]
        elif event["t"] == "forward":
            if loader is not None and loader not in training_loaders:
                scored.add(event["id"])
            loader = None
        elif event["t"] == "loss" and not _leads_to_backward(trace, index):
            scored.add(event.get("forward"))
    return scored - trace.trained_ids


def _asked_again(trace: Trace) -> set[int | None]:
    """Forwards over rows that were asked about before, updates ago, and are never trained on.

    Only of models whose training rows come again, too: where these are always new, as the noise of a generator, rows
    that are kept are for looking at what it makes of them.
    """
    trained: dict[int, Counter[int]] = {}
    for forward in trace.training_forwards:
        trained.setdefault(forward["model"], Counter()).update(forward.get("rows", ()))
    differentiated = {number for event in trace.of("gradient") for number in event["forwards"]}
    known: set[tuple[int, int, frozenset[int]]] = set()
    found: set[int | None] = set()
    for forwards in trace.evaluation_passes:
        rows = frozenset(row for forward in forwards for row in forward.get("rows", ()))
        seen = trained.get(forwards[0]["model"], Counter())
        if len(rows) < _FEWEST_COMPARED or any(f["id"] in differentiated for f in forwards) or is_sampling(forwards):
            continue
        if not seen or seen.total() < 1.5 * len(seen) or sum(row in seen for row in rows) > 0.5 * len(rows):
            continue
        key = (forwards[0]["at"], forwards[0]["model"], rows)
        if key in known:
            found.update(f["id"] for f in forwards)
        known.add(key)
    return found


def _compared_forwards(trace: Trace) -> Iterator[int]:
    """Forwards whose best class, or side of a threshold, was compared with something of the same shape."""
    divided: int | None = None
    for note in trace.notes("comparisons", "compared", "thresholded"):
        if note["what"] == "thresholded":
            divided = note["after"]
        elif (
            note["first"] == note["second"]
            and note["count"] >= _FEWEST_COMPARED
            and (note.get("ruled") is not None or note["after"] == divided)
        ):
            yield note["after"]


def _meant_for_training(trace: Trace) -> set[int | None]:
    """Forwards whose loss was to be differentiated: where that fails, they are no evaluation all the same."""
    losses = ((index, event) for index, event in enumerate(trace.events) if event["t"] == "loss")
    return {event.get("forward") for index, event in losses if _leads_to_backward(trace, index)}


def _leads_to_backward(trace: Trace, index: int) -> bool:
    """Whether this loss is on its way to a backward pass (a teacher's output may enter it, too)."""
    recorded = bool(trace.events[index].get("grad"))
    for event in trace.events[index + 1 :]:
        if event["t"] in ("backward", "step"):
            # A backward pass that failed for want of a graph shows what this loss was meant for.
            return recorded or bool(event.get("failed"))
        if event["t"] in ("forward", "batch", "iter"):
            return False
    return False


def _training_loaders(trace: Trace) -> set[int]:
    found: set[int] = set()
    loader: int | None = None
    for event in trace.events:
        if event["t"] in ("batch", "iter"):
            loader = event["loader"]
        elif event["t"] == "forward" and event["id"] in trace.trained_ids and loader is not None:
            found.add(loader)
    return found
