"""Processes that train together: what they see, what they send each other, and whether their weights stay the same.

Each process of a group writes into one table in memory that is shared with the processes forked from it; nobody waits
for anybody. A process that was started afresh is not seen, nor are those that `diagnose` leaves to themselves when they
are forked: of these there is only what this one sends and receives.

Notes:

    exchanged  a collective call of torch.distributed, at the line that makes it, at most 200 a line: name, after
               (latest forward or loss), elements (scalars that went through it), results (what it left behind, null
               for more than 64 numbers or a call that is still under way)
    together   at the end, by the process that runs the script when it or a process of its own joined a group: rank
               (0 when it did not join itself), joined (it did), world, seen (ranks whose training is known), weights
               (trainable scalars of the model), passes (backward passes), moved (scalars that went through collective
               calls after the first of them, in models), posted (messages of at least half a model from one process
               to another), wrapped (what was called in training averages gradients unseen, as
               DistributedDataParallel does),
               began (the processes began with the same weights, null when unknown), compared (moments after the
               first update at which weights are known of all that are seen), equal (at how many they were the same),
               ended (whether at the last), apart (relative difference then),
               rows (rows of the first epoch), common (those that another process trained on in its first epoch; null
               when no epoch was seen to end), scored, scored_common (the same of evaluations; null without any),
               spoke (lines with a number that other processes said after an evaluation)
"""

from __future__ import annotations

import builtins
import logging
import mmap
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch.distributed as dist

from torchdojo.harness.originals import Module, Tensor, is_grad_enabled, numel, requires_grad_of
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.models import unwrapped
from torchdojo.harness.recorder.numbers import Array, array, copied_rows
from torchdojo.harness.recorder.tensors import first_tensor, tensors_in

_BY = "processes"
_MOST_PROCESSES, _MOST_MOMENTS, _MOST_TENSORS, _MOST_ROWS = 8, 64, 16, 1024
_MOST_PER_LINE, _MOST_RESULTS, _MOST_OF_TENSOR = 200, 64, 4096
#: Weights that went through the same sums in another order are this near, relatively.
_SAME = 2e-6
_NUMBER = re.compile(r"\d\.\d")

_COLLECTIVES = (
    "all_reduce",
    "reduce",
    "broadcast",
    "all_gather",
    "all_gather_into_tensor",
    "gather",
    "scatter",
    "reduce_scatter",
    "reduce_scatter_tensor",
    "all_to_all",
    "all_to_all_single",
    "all_reduce_coalesced",
    "all_gather_object",
    "gather_object",
    "broadcast_object_list",
)
_POST = ("send", "recv", "isend", "irecv", "batch_isend_irecv")

#: What is in the names of classes that average gradients, or share them out, in their backward passes.
_AVERAGING = ("DistributedDataParallel", "FullySharded", "FSDP", "DeepSpeed")

_SLOT = np.dtype(
    [
        ("world", "i8"),
        ("layout", "i8"),
        ("weights", "i8"),
        ("passes", "i8"),
        ("moved", "f8"),
        ("posted", "i8"),
        ("spoke", "i8"),
        ("wrapped", "?"),
        ("returned", "?"),
        ("trained", "i8"),
        ("scored", "i8"),
        ("known", "?", (_MOST_MOMENTS,)),
        ("values", "f8", (_MOST_MOMENTS, _MOST_TENSORS)),
        ("training", "u4", (_MOST_ROWS,)),
        ("evaluation", "u4", (_MOST_ROWS,)),
    ]
)

_parameters = Module.parameters


def watch(bus: Bus) -> None:
    """Begin to watch."""
    if dist.is_available():
        _Processes(bus)


class _Processes:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        # There is nothing of it in a torch that was built without.
        self._is_initialized, self._rank_of, self._world_of = dist.is_initialized, dist.get_rank, dist.get_world_size
        self._table: Array = np.frombuffer(mmap.mmap(-1, _SLOT.itemsize * _MOST_PROCESSES), dtype=_SLOT)
        #: The row of this process; None until it is in a group of several.
        self._own: Any = None
        self._rank: int | None = None
        self._model: int | None = None
        self._evaluating = False
        self._training_rows: set[int] = set()
        self._evaluation_rows: set[int] = set()
        self._noted: dict[int, int] = {}
        for name in _COLLECTIVES:
            if hasattr(dist, name):
                bus.replace(dist, name, partial(self._wrap, name))
        for name in _POST:
            bus.replace(dist, name, self._wrap_post)
        bus.replace(builtins, "print", self._wrap_print)
        bus.replace(logging.Logger, "handle", self._wrap_handle)
        bus.forward_begins.append(self._forward)
        bus.backward_ends.append(self._backward)
        bus.script_ends.append(self._end)

    def _joined(self) -> bool:
        """Whether this process is one of several; the first group that it joins is the one that counts."""
        if self._own is None and self._rank is None and self._is_initialized():
            self._rank, world = self._rank_of(), self._world_of()
            if 1 < world <= _MOST_PROCESSES:
                self._own = self._table[self._rank]
                self._own["world"] = world
        return self._own is not None

    def _forward(self, module: Any, args: Any, kwargs: Any) -> None:
        if not self._joined() or self._bus.experimenting:
            return
        training = bool(module.training) and is_grad_enabled()
        self._evaluating = not training
        own = self._own
        self._keep_weights(module, training)
        given = first_tensor(args, kwargs)
        if given is None:
            return
        if training and not own["returned"]:
            own["returned"] = self._keep_rows(given, self._training_rows, "training", "trained")
        elif not training and own["passes"]:
            self._keep_rows(given, self._evaluation_rows, "evaluation", "scored")

    def _keep_weights(self, module: Any, training: bool) -> None:
        own = self._own
        if training and any(known in cls.__name__ for cls in type(module).__mro__ for known in _AVERAGING):
            own["wrapped"] = True
        module = unwrapped(module)
        number, moment = self._bus.log.ident(module), int(own["passes"])
        if self._model is None and training:
            trained = [p for p in _parameters(module) if requires_grad_of(p)]
            self._model, own["weights"] = number, sum(numel(p) for p in trained)
            own["layout"] = zlib.crc32(repr([tuple(p.shape) for p in trained]).encode())
        if number != self._model or moment >= _MOST_MOMENTS:
            return
        trained = [p for p in _parameters(module) if requires_grad_of(p)]
        for index, tensor in enumerate(trained[:: -(-len(trained) // _MOST_TENSORS) or 1][:_MOST_TENSORS]):
            own["values"][moment, index] = np.abs(array(tensor).reshape(-1)[:_MOST_OF_TENSOR]).sum(dtype=np.float64)
        own["known"][moment] = True

    def _keep_rows(self, given: Any, seen: set[int], column: str, count: str) -> bool:
        """Note the rows of a batch when all are new; whether one was there before."""
        own = self._own
        marks = {zlib.crc32(row.tobytes()) for row in copied_rows(given)}
        # With a row that was there before another epoch has begun: what else is in the batch is no longer the first's.
        if not marks.isdisjoint(seen):
            return True
        fresh = list(marks)[: _MOST_ROWS - len(seen)]
        own[column][len(seen) : len(seen) + len(fresh)] = fresh
        seen.update(fresh)
        own[count] = len(seen)
        return False

    def _backward(self, roots: list[Any], reached: list[int], failed: bool) -> None:
        if self._joined() and not failed:
            self._own["passes"] += 1

    def _wrap(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            self._told(self._exchanged, name, args, kwargs, result)
            return result

        return call

    def _wrap_post(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            self._told(self._posted, args, kwargs)
            return result

        return call

    def _wrap_print(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def say(*values: Any, **kwargs: Any) -> Any:
            if self._evaluating:
                self._told(self._spoken, lambda: " ".join(str(value) for value in values))
            return original(*values, **kwargs)

        return say

    def _wrap_handle(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def handle(logger: Any, record: Any) -> Any:
            if self._evaluating:
                self._told(self._spoken, record.getMessage)
            return original(logger, record)

        return handle

    def _told(self, what: Callable[..., None], *args: Any) -> None:
        """A fault of ours is noted, and the script goes on."""
        try:
            if self._joined() and not self._bus.experimenting:
                what(*args)
        except Exception as error:
            self._bus.log.failed(error)

    def _spoken(self, text: Callable[[], str]) -> None:
        if _NUMBER.search(text()):
            self._own["spoke"] += 1

    def _posted(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        own = self._own
        if own["passes"] and own["weights"] and 2 * _elements(args, kwargs) >= own["weights"]:
            own["posted"] += 1

    def _exchanged(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], result: Any) -> None:
        own, elements = self._own, _elements(args, kwargs)
        if own["passes"]:
            own["moved"] += elements
        at = self._bus.log.at()
        self._noted[at] = self._noted.get(at, 0) + 1
        if self._noted[at] > _MOST_PER_LINE:
            return
        results = None
        if elements <= _MOST_RESULTS and (result is None or not hasattr(result, "wait")):
            # What is received comes first in every signature; who only sends has nothing new in it.
            received = args[0] if args else next(iter(kwargs.values()), None)
            results = list(_numbers(received))[:_MOST_RESULTS]
        self._bus.note(_BY, "exchanged", at, name=name, after=self._bus.log.latest, elements=elements, results=results)

    def _end(self) -> None:
        table = self._table
        mine = self._rank if self._own is not None else 0
        if mine is None or not table[mine]["world"]:
            return
        own = table[mine]
        world = int(own["world"])
        others = [table[rank] for rank in range(world) if rank != mine and table[rank]["passes"]]
        alike = [other for other in others if other["layout"] == own["layout"]]
        facts: dict[str, Any] = {name: int(own[name]) for name in ("weights", "passes", "posted")}
        facts["moved"] = float(own["moved"]) / max(1, int(own["weights"]))
        known = bool(alike) and len(alike) == len(others)
        facts.update(_compared(own, alike) if known else {"began": None, "compared": 0, "equal": 0})
        self._bus.note(
            _BY,
            "together",
            rank=mine,
            joined=self._own is not None,
            wrapped=bool(own["wrapped"]),
            world=world,
            seen=len(others) + 1,
            rows=int(own["trained"]),
            common=_common(own, others, "training", "trained") if own["returned"] else None,
            scored=int(own["scored"]),
            scored_common=_common(own, others, "evaluation", "scored") if own["scored"] else None,
            spoke=sum(int(other["spoke"]) for other in others),
            **facts,
        )


def _compared(own: Any, others: list[Any]) -> dict[str, Any]:
    """How the weights of the processes went along with each other."""
    known = own["known"] & np.logical_and.reduce([other["known"] for other in others])
    moments = [int(moment) for moment in np.flatnonzero(known)]
    apart = {
        moment: max(_apart(own["values"][moment], other["values"][moment]) for other in others) for moment in moments
    }
    later = [moment for moment in moments if moment > 0]
    return {
        "began": apart[0] <= _SAME if 0 in apart else None,
        "compared": len(later),
        "equal": sum(apart[moment] <= _SAME for moment in later),
        "ended": apart[later[-1]] <= _SAME if later else None,
        "apart": apart[later[-1]] if later else None,
    }


def _apart(first: Array, second: Array) -> float:
    """The largest relative difference; that of what is not finite is 1, unless it is the same."""
    scale = np.maximum(np.maximum(np.abs(first), np.abs(second)), 1e-12)
    with np.errstate(invalid="ignore"):
        difference = np.where(first == second, 0.0, np.abs(first - second) / scale)
    return float(np.nan_to_num(difference, nan=1.0, posinf=1.0).max())


def _common(own: Any, others: list[Any], column: str, count: str) -> int | None:
    """How many of our rows another process has, where that shares most; None when no other has any."""
    rows = own[column][: own[count]]
    found = [int(np.isin(rows, other[column][: other[count]]).sum()) for other in others if other[count]]
    return max(found) if found else None


def _elements(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> int:
    """How many scalars the largest argument has."""
    return max((sum(_sizes(value)) for value in (*args, *kwargs.values())), default=0)


def _sizes(value: Any) -> Iterator[int]:
    if isinstance(value, (list, tuple, dict)) and not any(isinstance(inner, Tensor) for inner in _members(value)):
        for inner in _members(value):
            yield from _sizes(inner)
    elif isinstance(value, (int, float)):
        yield 1
    elif isinstance(value, np.ndarray):
        yield int(value.size)
    else:
        yield from (numel(tensor) for tensor in tensors_in(value))


def _numbers(value: Any) -> Iterator[float]:
    """The numbers in what was received, in order."""
    if isinstance(value, Tensor):
        yield from (float(number) for number in array(value).reshape(-1))
    elif isinstance(value, np.ndarray):
        yield from (float(number) for number in value.reshape(-1))
    elif isinstance(value, (int, float)):
        yield float(value)
    elif isinstance(value, (list, tuple, dict)):
        for inner in _members(value):
            yield from _numbers(inner)


def _members(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else list(value)
