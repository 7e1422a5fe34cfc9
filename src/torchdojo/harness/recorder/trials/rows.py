"""Do the rows of a batch keep apart? Change one row of the input and see which rows of the output move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from torchdojo.harness.recorder.trials.trial import Trial

#: What another row may move by, as a share of what the changed row moved by: rounding stays far below.
TINY = 1e-4


@dataclass(frozen=True, slots=True)
class Rows:
    """Of `count` rows, so many moved with another one. `symmetric`: rows in another order come out in that order."""

    count: int
    moved: int
    symmetric: bool


def apart(trial: Trial) -> Rows | None:
    """Whether there is an axis along which rows keep apart; None when that cannot be told."""
    found: Rows | None = None
    for axis in (0, 1):
        answer = _along(trial, axis)
        if answer is not None and answer.moved == 0:
            return answer
        if axis == 0:
            found = answer
    if found is None:
        return None
    return Rows(found.count, found.moved, _symmetric(trial))


def _along(trial: Trial, axis: int) -> Rows | None:
    given = trial.given
    if given.dim() <= axis or given.shape[axis] < 2:
        return None
    count = given.shape[axis]
    axes = _batch_axes(trial, axis, count)
    if axes is None:
        return None
    row = count // 2
    order = torch.arange(count)
    order[row] = (row + 1) % count
    before, after = trial.base, trial.run({place: _reordered(trial, place, at, order) for place, at in axes.items()})
    if after is None or after.shape != before.shape or before.shape[:2] == (count, count):
        return None
    moved = [m for change in _by_row(after - before, count) if (m := _others(change, row)) is not None]
    return Rows(count, min(moved), False) if moved else None


def _batch_axes(trial: Trial, axis: int, count: int) -> dict[int, int] | None:
    """Along which axis each argument has the rows; None when an argument ties rows together (a graph's edges)."""
    axes: dict[int, int] = {}
    length = trial.given.shape[1 - axis] if trial.given.dim() > 1 else 0
    for place, tensor in trial.tensors.items():
        shape = tuple(tensor.shape)
        if len(shape) >= 2 and shape[0] == shape[1] and (len(shape) == 2 or tensor is not trial.given):
            if len(shape) == 2 and shape[0] == length != count:
                continue  # A mask over pairs of positions.
            return None
        if len(shape) > axis and shape[axis] == count:
            axes[place] = axis
        elif shape[:1] == (count,):
            axes[place] = 0
        elif shape[1:2] == (count,):
            axes[place] = 1
        elif tensor.numel() > 1:
            return None
    return axes


def _reordered(trial: Trial, place: int, axis: int, order: Any) -> Any:
    tensor = trial.tensors[place]
    return tensor.index_select(axis, order.to(tensor.device))


def _by_row(change: Any, count: int) -> list[Any]:
    """How much each row moved, for every way in which the output may be made of the rows."""
    size = change.abs()
    ways = [size.movedim(axis, 0) for axis in (0, 1) if size.dim() > axis and size.shape[axis] == count]
    if size.shape[0] != count and size.shape[0] % count == 0:
        ways += [size.reshape(count, -1), size.reshape(size.shape[0] // count, count, -1).movedim(1, 0)]
    return [way.reshape(count, -1).amax(1) for way in ways]


def _others(change: Any, row: int) -> int | None:
    scale = float(change.max())
    if not scale > 1e-7:
        return None
    others = torch.cat([change[:row], change[row + 1 :]])
    return int((others > TINY * scale).sum())


def _symmetric(trial: Trial) -> bool:
    count = trial.given.shape[0]
    axes = _batch_axes(trial, 0, count) or {}
    order = torch.arange(count).flip(0)
    after = trial.run({place: _reordered(trial, place, axis, order) for place, axis in axes.items()})
    if after is None or after.shape != trial.base.shape:
        return True
    scale = float((trial.base - trial.base.mean()).abs().max())
    return float((after.flip(0) - trial.base).abs().max()) < 1e-3 * scale
