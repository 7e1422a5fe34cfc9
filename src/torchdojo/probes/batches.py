"""Which rows met in which training batch, epoch by epoch, known by their fingerprints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from torchdojo.domain.trace import Event, Trace
from torchdojo.probes.entry import FLOATS
from torchdojo.probes.training import losses_by_forward, main_forwards

#: A pass shows at least this share of all rows that were seen, and so many of its rows are different ones.
_MUCH, _LITTLE_TWICE = 0.6, 0.85
#: Of the rows of a pass at least this share is known from another one that it is compared with.
_KNOWN_AGAIN = 0.6
#: Where fewer of the rows than this are seen once in each pass, nothing is told by following them.
_MOST_SINGLE = 0.5


@dataclass(frozen=True, slots=True)
class Batch:
    """One training batch: fingerprints of its rows (the first 256), its full size, its targets where known.

    `question` is the same for targets that answer the same one: they are of one type, and one line of the script
    compares them with outputs of one shape that one line made.
    """

    forward: Event
    rows: tuple[int, ...]
    size: int
    targets: tuple[int, ...] = ()
    question: Hashable = None


@dataclass(frozen=True, slots=True)
class Meetings:
    """Of the pairs that shared a batch in one pass, the share that does in another too, and what a shuffle gives.

    `chance` is the rate of an independent shuffle, from the sizes of the second pass's batches.
    """

    rate: float
    chance: float
    pairs: int

    @property
    def noise(self) -> float:
        """The standard deviation of the rate under an independent shuffle, as if pairs were independent."""
        return float((self.chance * (1 - self.chance) / self.pairs) ** 0.5)


def training_batches(trace: Trace) -> list[Batch]:
    """The batches of the main model in order. Targets are kept only when there is one for each row."""
    losses = losses_by_forward(trace)
    found: list[Batch] = []
    for forward in main_forwards(trace):
        rows = tuple(forward.get("rows", ()))
        if not rows:
            continue
        targets: tuple[int, ...] = ()
        question: Hashable = None
        for loss in losses.get(forward["id"], []):
            if len(loss.get("targets", ())) == len(rows) and not _pairwise(loss) and not one_sided(loss):
                targets = tuple(loss["targets"])
                question = (forward.get("at"), loss.get("at"), loss.get("target_dtype"), *(loss.get("shape") or ())[1:])
                # Class indices are labels; float targets beside them may be another model's outputs.
                if not str(loss.get("target_dtype", "")).startswith(FLOATS):
                    break
        shape = forward.get("shape") or [len(rows)]
        found.append(Batch(forward, rows, max(int(shape[0]), len(rows)), targets, question))
    return found


def one_sided(loss: Event) -> bool:
    """Whether a float target is one and the same for the whole batch: real or fake, not a label of the rows."""
    return str(loss.get("target_dtype", "")).startswith(FLOATS) and len(set(loss.get("targets", ()))) == 1


def _pairwise(loss: Event) -> bool:
    """Whether the targets were expanded to one row per pair, so that no row has a target of its own."""
    shape = loss.get("target_shape") or []
    return len(shape) == 2 and shape[0] == shape[1] > 1


def distinct_rows(batches: Sequence[Batch]) -> int:
    """How many different rows were trained on, as far as fingerprints tell."""
    known = len({row for batch in batches for row in batch.rows})
    return max([known, *(batch.size for batch in batches)])


def epochs(batches: Sequence[Batch]) -> list[list[Batch]]:
    """Cut the batches into passes over the data: a new one begins when most of a batch was seen in the current one.

    Repeats inside one pass (a closure that runs twice, several steps on one batch) do not cut.
    """
    passes: list[list[Batch]] = [[]]
    seen: set[int] = set()
    previous: tuple[int, ...] = ()
    for batch in batches:
        again = sum(row in seen for row in batch.rows)
        if passes[-1] and again > 0.5 * len(batch.rows) and set(batch.rows) != set(previous):
            passes.append([])
            seen = set()
        if set(batch.rows) != set(previous) or not passes[-1]:
            passes[-1].append(batch)
        seen.update(batch.rows)
        previous = batch.rows
    return [p for p in passes if p]


def unmistakable_rows(passes: Sequence[Sequence[Batch]]) -> frozenset[int]:
    """The rows of which there is one in the data, as far as the passes tell: no pass saw it twice.

    Rows of a few categories, or states of a small world, are often equal: what is told by following one row is not
    to be told of them. Empty where the passes are none, because what was seen had been seen before at every turn.
    """
    rows = {row for batches in passes for batch in batches for row in batch.rows}
    if not any(_goes_through(batches, len(rows)) for batches in passes):
        return frozenset()
    twice = {row for batches in passes for row, number in _counted(batches).items() if number > 1}
    single = frozenset(rows - twice)
    return single if len(single) >= _MOST_SINGLE * len(rows) else frozenset()


def _goes_through(batches: Sequence[Batch], rows: int) -> bool:
    """Whether these batches are a pass over the data: they show much of it, and little of it more than once."""
    seen = _counted(batches)
    return len(seen) >= max(_MUCH * rows, _LITTLE_TWICE * seen.total())


def _counted(batches: Sequence[Batch]) -> Counter[int]:
    return Counter(row for batch in batches for row in batch.rows)


def meeting_rate(first: Sequence[Batch], second: Sequence[Batch]) -> Meetings | None:
    """How often rows that share a batch in one pass do so again in the other; None when too few rows are in both.

    Only rows that are in one batch of the second pass are followed: an equal row elsewhere would be taken for them. And
    where few rows are known again, because each batch is cropped at a place of its own, these are no chance selection.
    """
    batches_with = Counter(row for batch in second for row in set(batch.rows))
    home: Mapping[int, int] = {
        row: index for index, batch in enumerate(second) for row in batch.rows if batches_with[row] == 1
    }
    before = {row for batch in first for row in batch.rows}
    if len(home.keys() & before) < _KNOWN_AGAIN * len(home):
        return None
    pairs = together = 0
    for batch in first:
        homes = [home[row] for row in dict.fromkeys(batch.rows) if row in home]
        counts: dict[int, int] = {}
        for index in homes:
            counts[index] = counts.get(index, 0) + 1
        pairs += len(homes) * (len(homes) - 1) // 2
        together += sum(n * (n - 1) // 2 for n in counts.values())
    rows = len(home)
    if pairs < 30 or rows < 3:
        return None
    sizes: dict[int, int] = {}
    for index in home.values():
        sizes[index] = sizes.get(index, 0) + 1
    chance = sum(n * (n - 1) for n in sizes.values()) / (rows * (rows - 1))
    return Meetings(together / pairs, chance, pairs)
