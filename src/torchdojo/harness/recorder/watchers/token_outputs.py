"""What the gradient at a token model's output says about its targets: which positions count, and what each is to say.

Watched are training forwards that are given a batch of token ids (B, T) and whose output holds one row of scores for
each of them: (B, T, C) or (B * T, C). Any loss may follow, in any layout. Whenever such an output's gradient arrives,
notes `targets`, for a few forwards:

    forward    the number of the forward, and in `model` the model's class
    tokens     how many positions there are in the batch, and in `padded` how many of them hold the padding id
    padding    the padding id, null when none is declared; `declared` tells how: by "padding_idx" of an embedding, or by
               "mask" (a second argument that is true, or false, exactly where the id is)
    counted    how many padded positions have a gradient like that of a cross-entropy: over the classes it sums to zero
               (or there is only one that has any), and most of what is negative is at one class, the target
    used       how many of the other positions have a gradient, and in `pointed` how many have one of that kind
    shifts     for the shifts -1, 0, 1, 2, 3: share of the latter's positions t whose target is the id at t + shift
    judged     how many positions those shares are of (the fewest)

Of a source and a target the ids are those that have the output's length. Batches that come with a second tensor of ids
of the same shape are left alone: which of the two the output belongs to cannot be told. Labels that are the ids
themselves, or the next ones, are no such second sequence.

Models that take their labels along and return a loss have no such output. Of the cross-entropies inside their forwards
notes `inside`, for a few: `model`, `forward`, `loss` (its number), and `shifts` and `judged` as above, where it can be
told from the graph which positions the scores belong to.

And, once for a class of models, `causal`: `model` (its class), `value`, whether outputs stay as they are when a later
token changes, and `own`, whether the output at a position changes with the token there (in a model that shifts its
inputs by itself it does not).
"""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
import torch

from torchdojo.harness.originals import Module, Tensor, dtype_of, grad_fn_of, shape_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.numbers import Array, array
from torchdojo.harness.recorder.tensors import first_tensor, tensors_in

#: Training forwards whose gradient is looked at: these by number, then every so many.
_LOOKED_AT = frozenset({1, 2, 3, 5, 8, 12, 17, 23, 30})
_EVERY = 48

_SHIFTS = (-1, 0, 1, 2, 3)
_INTEGERS = (torch.int64, torch.int32)

#: Larger outputs are not looked at.
_MOST_VALUES = 4_000_000

#: How far the gradient of a position may sum from zero, as a share of its greatest entry, and how much of what is
#: negative in it has to be at one class.
_BALANCE, _POINTED = 1e-3, 0.6

#: Between a slice of the scores and the loss only this happens, and so many times.
_REARRANGING = ("Slice", "View", "UnsafeView", "Reshape", "Clone", "Transpose", "Permute", "Alias")
_FAR_ENOUGH = 8

#: The forward after which a copy of the model is tried out.
_TRIED = 2


def watch(bus: Bus) -> None:
    """Listen to forwards of token models."""
    counts: dict[str, int] = {}
    inside = _LossesInside(bus)
    bus.forward_begins.append(inside.begins)
    bus.loss_ends.append(inside.ends)

    def ended(number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        if bus.log.light or bus.experimenting:
            return
        given = _ids_of(output, args, kwargs)
        if given is None or _has_second_sequence(given, args, kwargs):
            return
        scores = _scores(output, shape_of(given))
        if scores is None or grad_fn_of(scores) is None:
            return
        name = type(module).__name__
        seen = counts[name] = counts.get(name, 0) + 1
        if seen == _TRIED:
            _try_out(bus, module, given, args, kwargs)
        if seen in _LOOKED_AT or seen % _EVERY == 0:
            ids = array(given).copy()
            padding, declared = _padding(module, ids, args, kwargs)
            _follow(bus, (number, name), scores, ids, padding, declared)

    bus.forward_ends.append(ended)


class _LossesInside:
    """Cross-entropies that a token model computes within its own forward."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        #: What the model that runs was given, by a weak reference.
        self._ids: Any = None
        self._name = ""
        self._seen = 0

    def begins(self, module: Any, args: Any, kwargs: Any) -> None:
        """A root forward begins."""
        given = first_tensor(args, kwargs)
        tokens = given is not None and dtype_of(given) in _INTEGERS and len(shape_of(given)) == 2
        self._ids, self._name = (weakref.ref(given) if tokens else None), type(module).__name__

    def ends(self, number: int, name: str, args: Any, kwargs: Any, result: Any) -> None:
        """A library loss ended."""
        given = None if self._ids is None else self._ids()
        if given is None or not self._bus.inside or name != "cross_entropy" or self._bus.log.light:
            return
        scores = args[0] if args else kwargs.get("input")
        target = args[1] if len(args) > 1 else kwargs.get("target")
        if grad_fn_of(result) is None or not isinstance(target, Tensor) or dtype_of(target) not in _INTEGERS:
            return
        self._seen += 1
        if self._seen not in _LOOKED_AT and self._seen % _EVERY:
            return
        ids = array(given)
        rows, length = ids.shape
        begin = _first_position(grad_fn_of(scores))
        if (
            begin is None
            or not rows
            or target.numel() % rows
            or not 2 < (kept := target.numel() // rows) <= length - begin
        ):
            return
        shares, judged = _shares_of(ids, array(target).reshape(rows, kept), begin)
        forward = self._bus.log.latest + 1
        self._bus.note(
            "token_outputs", "inside", model=self._name, forward=forward, loss=number, shifts=shares, judged=judged
        )


def _first_position(node: Any) -> int | None:
    """Where along the sequence the scores begin: at a slice of it, as the graph tells; None when that is not clear."""
    begin = 0
    for _ in range(_FAR_ENOUGH):
        if node is None or not node.name().startswith(_REARRANGING):
            return begin
        if node.name() == "SliceBackward0" and int(node._saved_dim) == 1:
            begin += int(node._saved_start)
        following = node.next_functions
        node = following[0][0] if following else None
    return None


def _shares_of(ids: Array, targets: Array, begin: int) -> tuple[list[float], int]:
    """For each shift the share of positions whose target is the id so many places on; and the fewest positions."""
    shares, judged = [], []
    for shift in _SHIFTS:
        first, last = max(0, -(begin + shift)), min(targets.shape[1], ids.shape[1] - begin - shift)
        wanted, counted = ids[:, begin + shift + first : begin + shift + last], targets[:, first:last]
        known = counted >= 0
        shares.append(float((wanted == counted)[known].mean()) if known.any() else 0.0)
        judged.append(int(known.sum()))
    return shares, min(judged)


def _ids_of(output: Any, args: Any, kwargs: Any) -> Any:
    """The token ids that the output has a row of scores for; None when it is not clear which these are."""
    first = first_tensor(args, kwargs)
    if first is None or dtype_of(first) not in _INTEGERS or len(shape_of(first)) != 2:
        return None
    if _scores(output, shape_of(first)) is not None:
        return first
    # A source that is translated is as long as it likes; the output belongs to what was said so far.
    others = [
        other
        for other in tensors_in([*args, *kwargs.values()])
        if other is not first and dtype_of(other) in _INTEGERS and len(shape_of(other)) == 2
        if _scores(output, shape_of(other)) is not None
    ]
    return others[0] if len(others) == 1 else None


def _has_second_sequence(given: Any, args: Any, kwargs: Any) -> bool:
    for other in tensors_in([*args, *kwargs.values()]):
        alike = other is not given and dtype_of(other) in _INTEGERS and shape_of(other) == shape_of(given)
        if alike and (not other.numel() or int(array(other).max()) > 1) and not _are_labels(array(given), array(other)):
            return True
    return False


def _are_labels(ids: Array, other: Array) -> bool:
    """Whether the other tensor holds the ids again, in place or one earlier, but for those that do not count (-100)."""
    if ids.shape[1] < 3:
        return False
    for mine, theirs in ((ids, other), (ids[:, 1:], other[:, :-1])):
        counted = theirs >= 0
        if 2 * int(counted.sum()) >= counted.size and bool((mine == theirs)[counted].all()):
            return True
    return False


def _scores(output: Any, positions: tuple[int, ...]) -> Any:
    """The tensor with a row of scores for each position; None when there are several alike."""
    rows, length = positions
    found = []
    for tensor in tensors_in(output):
        shape = shape_of(tensor)
        fits = (len(shape) == 3 and shape[:2] == (rows, length)) or (len(shape) == 2 and shape[0] == rows * length)
        if fits and length > 2 and shape[-1] > 1 and tensor.is_floating_point() and tensor.numel() <= _MOST_VALUES:
            found.append(tensor)
    alike = [tensor for tensor in found if shape_of(tensor) == shape_of(found[0])]
    return found[0] if len(alike) == 1 else None


def _padding(module: Any, ids: Array, args: Any, kwargs: Any) -> tuple[int | None, str]:
    """The id that fills short sequences up, and how the script says so."""
    tables = [
        layer for layer in Module.modules(module) if isinstance(layer, (torch.nn.Embedding, torch.nn.EmbeddingBag))
    ]
    declared = {int(layer.padding_idx) for layer in tables if layer.padding_idx is not None}
    if len(declared) == 1:
        return declared.pop(), "padding_idx"
    last = ids[:, -1]
    candidates = np.unique(last)
    for mask in tensors_in([*args[1:], *kwargs.values()]):
        if shape_of(mask) == ids.shape:
            values = array(mask)
            for candidate in candidates[:8]:
                held = ids == candidate
                if held.any() and not held.all() and (_is_mask(values, held) or _is_mask(values, ~held)):
                    return int(candidate), "mask"
    return None, ""


def _is_mask(values: Array, held: Array) -> bool:
    return bool((values == held).all())


def _follow(bus: Bus, which: tuple[int, str], scores: Any, ids: Array, padding: int | None, declared: str) -> None:
    def look(gradient: Any) -> None:
        if bus.experimenting:
            return
        try:
            _note(bus, which, array(gradient).reshape(*ids.shape, -1), ids, padding, declared)
        except Exception as error:
            bus.log.failed(error)

    scores.register_hook(look)


def _note(bus: Bus, which: tuple[int, str], gradient: Array, ids: Array, padding: int | None, declared: str) -> None:
    sizes = np.abs(gradient)
    most = sizes.max(axis=2)
    reached = most > 0
    padded = np.zeros(ids.shape, dtype=bool) if padding is None else ids == padding
    negative = np.minimum(gradient, 0.0)
    balanced = np.abs(gradient.sum(axis=2)) <= _BALANCE * most
    alone = (sizes > 0).sum(axis=2) == 1
    pointed = reached & (balanced | alone) & (negative.min(axis=2) <= _POINTED * negative.sum(axis=2))
    used, single = reached & ~padded, pointed & ~padded
    targets = gradient.argmin(axis=2)
    length = ids.shape[1]
    shares, judged = [], ids.size
    for shift in _SHIFTS:
        inside = single.copy()
        if shift > 0:
            inside[:, length - shift :] = False
        elif shift < 0:
            inside[:, :-shift] = False
        moved = np.roll(ids, -shift, axis=1)
        total = int(inside.sum())
        shares.append(float(((targets == moved) & inside).sum() / total) if total else 0.0)
        judged = min(judged, total)
    bus.note(
        "token_outputs",
        "targets",
        at=-1,
        forward=which[0],
        model=which[1],
        tokens=int(ids.size),
        padded=int(padded.sum()),
        padding=padding,
        declared=declared,
        counted=int((pointed & padded).sum()),
        used=int(used.sum()),
        pointed=int(single.sum()),
        shifts=shares,
        judged=judged,
    )


def _try_out(bus: Bus, module: Any, given: Any, args: Any, kwargs: Any) -> None:
    """Change the later half of the tokens on a copy of the model: do earlier outputs move?"""
    with bus.experiment(), torch.no_grad():
        twin = bus.twin(module)
        if twin is None:
            return
        twin.eval()
        middle = shape_of(given)[1] // 2
        changed = given.clone()
        # Ids that are there already: no embedding is too small for them.
        changed[:, middle:] = given[:, :middle].max()
        if bool((changed == given).all()):
            changed[:, middle:] = given[:, middle:].flip(1)
        if bool((changed == given).all()):
            return
        outputs = []
        for tokens in (given, changed):
            swapped = [tokens if a is given else a for a in args]
            named = {k: tokens if v is given else v for k, v in kwargs.items()}
            scores = _scores(twin(*swapped, **named), shape_of(given))
            if not isinstance(scores, Tensor):
                return
            outputs.append(array(scores).reshape(*shape_of(given), -1)[:, : middle + 1].copy())
        differs = array(changed[:, middle] != given[:, middle])
        before, after = outputs[0][:, :middle], outputs[1][:, :middle]
        same = np.allclose(before, after, rtol=1e-4, atol=1e-5)
        gap = np.abs(outputs[0][differs, middle] - outputs[1][differs, middle])
        own = bool(gap.size and gap.max() > 1e-5)
        bus.note("token_outputs", "causal", model=type(module).__name__, value=bool(same), own=own)
