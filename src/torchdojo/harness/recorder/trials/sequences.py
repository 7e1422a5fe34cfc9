"""Sequences in a batch: is the target the next token, where does padding begin, does the order matter?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from torchdojo.harness.originals import numel
from torchdojo.harness.recorder.trials.trial import Trial

#: A change below this share of what a real change does is rounding.
_TINY = 1e-4

_FEWEST_TOKENS, _FEWEST_SCORED = 4, 8


@dataclass(frozen=True, slots=True)
class Shift:
    """The argument at `place` is scored against itself, one token later. `scored` is (rows, positions), a bool."""

    place: int
    time: int
    tokens: Any
    scored: Any


def shift(trial: Trial, targets: list[Any]) -> Shift | None:
    """Find the argument whose next tokens are a loss's target."""
    for place, given in trial.tensors.items():
        for time in (1, 0):
            if given.dim() < 2 or given.shape[time] < _FEWEST_TOKENS:
                continue
            tokens = given if time == 1 else given.transpose(0, 1)
            for target in targets:
                scored = _scored(tokens, target, time)
                if scored is not None:
                    return Shift(place, time, tokens, scored)
    return None


def _scored(tokens: Any, target: Any, time: int) -> Any:
    rows, length, *features = tokens.shape
    if target.is_floating_point() != tokens.is_floating_point():
        return None
    for long in (length, length - 1):
        if numel(target) != rows * long * (numel(tokens) // (rows * length)):
            continue
        if time == 1:
            wanted = target.reshape(rows, long, *features)
        else:
            wanted = target.reshape(long, rows, *features).transpose(0, 1)
        wanted, following, same = wanted[:, : length - 1], tokens[:, 1:], tokens[:, :-1]
        hit, still = _equal(following, wanted), _equal(same, wanted)
        scored = wanted >= 0 if not wanted.is_floating_point() else torch.ones_like(hit)
        scored = scored.reshape(rows, length - 1, -1).all(2)
        if int(scored.sum()) < _FEWEST_SCORED or not bool(hit[scored].all()):
            continue
        if len(set(following[scored].reshape(-1).tolist())) >= 3 and float(still[scored].float().mean()) < 0.5:
            return scored
    return None


def _equal(one: Any, other: Any) -> Any:
    return (one == other).reshape(*one.shape[:2], -1).all(2)


def by_position(output: Any, rows: int, length: int, time: int) -> Any:
    """The output as (rows, positions, features); None when it has no axis for positions."""
    shape = tuple(output.shape)
    lengths = (length, length - 1)
    axes = [(0, 1), (1, 0)] if time == 1 else [(1, 0), (0, 1)]
    for row_axis, time_axis in axes:
        if len(shape) >= 2 and shape[row_axis] == rows and shape[time_axis] in lengths:
            moved = output if row_axis == 0 else output.transpose(0, 1)
            return moved.reshape(*moved.shape[:2], -1)
    for long in lengths:
        if shape[0] == rows * long:
            if time == 1:
                return output.reshape(rows, long, -1)
            return output.reshape(long, rows, -1).transpose(0, 1)
        if len(shape) == 3 and shape[0] == rows and shape[2] == long:
            return output.transpose(1, 2)
    return None


@dataclass(frozen=True, slots=True)
class Leak:
    """Outputs before `position` that moved when tokens from there on changed, of so many that were looked at."""

    position: int
    moved: int
    looked_at: int
    only_one_before: bool


def leak(trial: Trial, shifted: Shift) -> Leak | None:
    """Exchange tokens from one position on; outputs before it must not move."""
    rows, length = shifted.tokens.shape[:2]
    row = int(shifted.scored.sum(1).argmax())
    scored = [int(p) for p in torch.nonzero(shifted.scored[row])[:, 0]]
    span = _span(shifted.tokens[row], scored)
    if span is None:
        return None
    start, stop = span
    found = None
    # To a model without an idea of order, tokens that only change places are the same.
    for later in (shifted.tokens[row, start:stop].roll(1, 0), shifted.tokens[row, stop - 1 : stop]):
        changed = shifted.tokens.clone()
        changed[row, start:stop] = later
        size = _movement(trial, shifted, changed, rows, length)
        found = (_leak_of(size[row], scored, start) if size is not None else None) or found
        if found is not None and found.moved:
            break
    return found


def _leak_of(size: Any, scored: list[int], start: int) -> Leak | None:
    """`size` says how far each output of a row moved when its tokens from `start` on changed."""
    scale = float(size[start:].max()) if len(size) > start else 0.0
    before = [p for p in scored if p < start]
    if not before or not max(scale, float(size.max())) > 1e-7:
        return None
    moved = [p for p in before if float(size[p]) > _TINY * max(scale, float(size.max()))]
    return Leak(start, len(moved), len(before), moved == [start - 1])


def leak_in_training(trial: Trial, shifted: Shift) -> Leak | None:
    """The same in the modes of training, for a mask that is used in eval mode alone: for the last runs of a trial."""
    trial.use_modes_of_training(norms=False)
    base = trial.run({})
    if base is None or base.shape != trial.base.shape:
        return None
    trial.base = base
    return leak(trial, shifted)


def _span(tokens: Any, scored: list[int]) -> tuple[int, int] | None:
    """Positions start..stop that are rolled by one: the first of them must get another token."""
    if len(scored) < 3:
        return None
    stop = scored[-1] + 2
    middle = scored[len(scored) // 2] + 1
    for start in sorted(range(scored[0] + 1, stop - 1), key=lambda p: abs(p - middle)):
        if not torch.equal(tokens[start], tokens[stop - 1]):
            return start, stop
    return None


def _movement(trial: Trial, shifted: Shift, changed: Any, rows: int, length: int) -> Any:
    tokens = changed if shifted.time == 1 else changed.transpose(0, 1)
    after = trial.run({shifted.place: tokens.contiguous()})
    if after is None or after.shape != trial.base.shape:
        return None
    by = by_position(after - trial.base, rows, length, shifted.time)
    return None if by is None else by.abs().amax(2)


def order_of_context(trial: Trial, shifted: Shift) -> tuple[float, int] | None:
    """How far the last scored output moves when the tokens before it are reversed, as a share of what others do."""
    rows, length = shifted.tokens.shape[:2]
    row = int(shifted.scored.sum(1).argmax())
    last = int(torch.nonzero(shifted.scored[row])[-1, 0])
    context = shifted.tokens[row, :last]
    other = shifted.tokens[(row + 1) % rows, :last] if rows > 1 else context.roll(1, 0)
    if (
        last < 3
        or torch.equal(context, context.flip(0))
        or len(set(context.reshape(-1).tolist())) < 2
        or _alike(context, other)
    ):
        return None
    sizes = []
    for replaced in (context.flip(0), other):
        changed = shifted.tokens.clone()
        changed[row, :last] = replaced
        size = _movement(trial, shifted, changed, rows, length)
        if size is None or size.shape[1] <= last:
            return None
        sizes.append(float(size[row, last]))
    return (sizes[0] / sizes[1], last) if sizes[1] > 1e-6 else None


@dataclass(frozen=True, slots=True)
class Order:
    """How far an output moved when the tokens of one row changed places, and whether the data need their order."""

    share: float
    tokens: int
    needed: bool


def order_of_tokens(trial: Trial, targets: list[Any]) -> Order | None:
    """Exchange tokens between the first and the last of a row; an output per token has to go with its token."""
    for place, given in trial.tensors.items():
        if given.dim() != 2 or given.is_floating_point() or given.dtype == torch.bool:
            continue
        rows, length = given.shape
        if length < _FEWEST_TOKENS or rows < 2:
            continue
        lengths = padding(trial, place) or [length] * rows
        row = max(range(rows), key=lambda r: (lengths[r], len(set(given[r].tolist()))))
        inner = torch.arange(1, lengths[row] - 1, device=given.device)
        if len(inner) < 2 or torch.equal(given[row, inner], given[row, inner.flip(0)]):
            continue
        order = torch.arange(length, device=given.device)
        order[inner] = inner.flip(0)
        changed, other = given.clone(), given.clone()
        changed[row] = given[row, order]
        other[row, inner] = given[(row + 1) % rows, inner]
        if _alike(other[row], given[row]):
            continue
        share = _share_moved(trial, place, (changed, other), row, order)
        if share is not None:
            return Order(share, len(inner), _order_is_needed(given, lengths, targets))
    return None


def _share_moved(trial: Trial, place: int, inputs: tuple[Any, Any], row: int, order: Any) -> float | None:
    base = trial.base
    after, other = (trial.run({place: tokens}) for tokens in inputs)
    rows, length = inputs[0].shape
    if after is None or other is None or not base.shape == after.shape == other.shape:
        return None
    each = by_position(base, rows, length, 1)
    if each is not None and each.shape[1] == length:
        moved = by_position(after, rows, length, 1)[row] - each[row][order]
        scale = by_position(other, rows, length, 1)[row] - each[row]
    elif base.shape[0] == rows:
        moved, scale = after[row] - base[row], other[row] - base[row]
    else:
        return None
    size = float(scale.abs().max())
    if not size > 1e-6:
        return None
    shares = [float(moved.abs().max()) / size]
    if each is not None and each.shape[1] == length:
        # Behind a mask each position sees another set of tokens; at one of the ends, whose tokens stay, it sees all.
        for end in (0, int(order.ne(torch.arange(length, device=order.device)).nonzero()[-1]) + 1):
            if float(scale[end].abs().max()) > _TINY * size:
                shares.append(float(moved[end].abs().max()) / float(scale[end].abs().max()))
    return min(shares)


def _order_is_needed(tokens: Any, lengths: list[int], targets: list[Any]) -> bool:
    """Whether no model without an idea of order could be right: the same tokens, other targets."""
    rows, length = tokens.shape
    for target in targets:
        if target.is_floating_point():
            continue
        if numel(target) == rows * length:
            wanted = target.reshape(rows, length)
            if sum(_contradicts(tokens[r], wanted[r]) for r in range(rows)) >= max(2, rows // 5):
                return True
        elif numel(target) == rows:
            seen: dict[tuple[int, ...], set[int]] = {}
            for r in range(rows):
                bag = tuple(sorted(tokens[r, : lengths[r]].tolist()))
                seen.setdefault(bag, set()).add(int(target.reshape(-1)[r]))
            if any(len(found) > 1 for found in seen.values()):
                return True
    return False


def _contradicts(tokens: Any, wanted: Any) -> bool:
    seen: dict[int, int] = {}
    pairs = zip(tokens.tolist(), wanted.tolist(), strict=True)
    return any(label >= 0 and seen.setdefault(token, label) != label for token, label in pairs)


def _alike(one: Any, other: Any) -> bool:
    return Counter(one.reshape(-1).tolist()) == Counter(other.reshape(-1).tolist())


def padding(trial: Trial, place: int) -> list[int] | None:
    """The length of each row of an argument without the padding at its end; None when nothing is padded."""
    given = trial.tensors[place]
    if given.dim() < 2 or given.dtype == torch.bool:
        return None
    rows, length = given.shape[:2]
    for filled in _fillings(trial, given):
        inside = ~filled
        lengths = [int(torch.nonzero(inside[r])[-1, 0]) + 1 if bool(inside[r].any()) else 0 for r in range(rows)]
        between = sum(int(filled[r, : lengths[r]].sum()) for r in range(rows))
        padded = [n for n in lengths if n < length]
        if between or min(lengths) < 1 or len(set(lengths)) < 2 or 4 * len(padded) < rows or rows < 3:
            continue
        if not given.is_floating_point() or _said(trial, lengths):
            return lengths
    return None


def _fillings(trial: Trial, given: Any) -> Iterator[Any]:
    if given.is_floating_point():
        yield (given == 0).reshape(*given.shape[:2], -1).all(2)
        return
    if given.dim() != 2:
        return
    values, counts = given[:, -1].unique(return_counts=True)
    declared = [m.padding_idx for m in trial.twin.modules() if isinstance(m, torch.nn.Embedding)]
    usual = int(values[counts.argmax()])
    for value in dict.fromkeys([index for index in declared if index is not None] + [usual]):
        yield given == value


def _said(trial: Trial, lengths: list[int]) -> bool:
    """Whether another argument states these lengths."""
    for tensor in trial.tensors.values():
        if tensor.dim() == 1 and not tensor.is_floating_point() and tensor.tolist() == lengths:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Padded:
    """How far the output of a row moved when its padding was cut off, as a share of the outputs' spread."""

    share: float
    length: int
    padded_to: int
    #: Whether there is an output for each token.
    each: bool


def without_padding(trial: Trial) -> Padded | None:
    """Run the shortest row alone, with its padding and without; the output must be the same."""
    for place, given in trial.tensors.items():
        lengths = padding(trial, place)
        if lengths is None:
            continue
        rows, length = given.shape[:2]
        row = min((r for r in range(rows) if lengths[r] >= 2), key=lambda r: lengths[r], default=None)
        if row is None or lengths[row] == length:
            continue
        whole = trial.run(_cut(trial, row, rows, length, length))
        cut = trial.run(_cut(trial, row, rows, length, lengths[row]))
        if whole is None or cut is None:
            continue
        mine = trial.base[row : row + 1]
        spread = float((trial.base - trial.base.mean()).abs().max())
        if whole.shape != mine.shape or float((whole - mine).abs().max()) > 1e-3 * spread:
            continue
        each = cut.shape != whole.shape
        if each:
            whole = whole[:, : lengths[row]]
        if cut.shape == whole.shape and spread > 1e-6:
            moved = float((cut - whole).abs().max()) / spread
            # Nothing is left to attend to where only the padding was: the mask is upside down.
            return Padded(moved if math.isfinite(moved) else 1.0, lengths[row], length, each)
    return None


def _cut(trial: Trial, row: int, rows: int, length: int, kept: int) -> dict[int, Any]:
    """The arguments for one row alone, cut to its first `kept` positions."""
    changed = {}
    for place, tensor in trial.tensors.items():
        if tensor.dim() == 2 and tuple(tensor.shape) == (length, length) and rows != length:
            changed[place] = tensor[:kept, :kept]
        elif tensor.dim() and tensor.shape[0] == rows:
            mine = tensor[row : row + 1]
            changed[place] = mine[:, :kept] if mine.dim() > 1 and mine.shape[1] == length else mine
    return changed
