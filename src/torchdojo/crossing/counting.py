"""Counts what a piece of code does: operations, floating-point work, memory taken and memory kept for the backward."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry


@dataclass(slots=True)
class Counted:
    """What was counted so far.

    `flops` are multiply-adds times two, of matrix products, convolutions and attention. `calls` counts operations by
    name, e.g. "aten.bmm". `largest_bytes` is the largest single allocation, `total_bytes` the sum of all of them.
    `saved_bytes` is what the backward pass keeps beyond inputs and parameters, each storage once.
    """

    flops: int = 0
    calls: Mapping[str, int] = field(default_factory=dict)
    largest_bytes: int = 0
    total_bytes: int = 0
    saved_bytes: int = 0


class Counter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While entered, counts. May be entered again; the figures go on from where they were."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._calls: Tally[str] = Tally()
        self._flops = self._largest = self._total = self._saved = 0
        #: Addresses of storages that were there anyway, e.g. those of inputs: keeping them costs nothing.
        self.outside: set[int] = set()
        self._kept: dict[int, Any] = {}
        self._entered: list[ExitStack] = []

    def counted(self) -> Counted:
        """The figures."""
        return Counted(self._flops, dict(self._calls), self._largest, self._total, self._saved)

    def __enter__(self) -> Counter:
        entered = ExitStack()
        entered.enter_context(torch.autograd.graph.saved_tensors_hooks(self._keep, lambda tensor: tensor))
        entered.enter_context(_transforms_beside_hooks())
        self._entered.append(entered)
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)  # type: ignore[no-untyped-call]
        self._entered.pop().close()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        packet = func.overloadpacket
        self._calls[str(packet)] += 1
        if packet in flop_registry:
            self._flops += int(flop_registry[packet](*args, **(kwargs or {}), out_val=result))
        before = {_address(leaf) for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)}
        for leaf in tree_leaves(result):
            if isinstance(leaf, torch.Tensor) and _address(leaf) not in before:
                size = leaf.untyped_storage().nbytes()
                self._largest = max(self._largest, size)
                self._total += size
        return result

    def _keep(self, tensor: torch.Tensor) -> torch.Tensor:
        inner = _unwrapped(tensor)
        address = _address(inner)
        if (
            address
            and address not in self._kept
            and address not in self.outside
            and not isinstance(inner, torch.nn.Parameter)
        ):
            # Holding the storage keeps its address from being given away to another one.
            self._kept[address] = inner.untyped_storage()
            self._saved += inner.untyped_storage().nbytes()
        return tensor


@contextmanager
def _transforms_beside_hooks() -> Iterator[None]:
    """Lets torch.func run although tensors are watched as they are saved.

    It refuses hooks because they could replace what is saved; those of a counter hand back what they are given.
    """
    graph: Any = torch.autograd.graph
    refusing, graph.disable_saved_tensors_hooks = graph.disable_saved_tensors_hooks, _allowing
    try:
        yield
    finally:
        graph.disable_saved_tensors_hooks = refusing


@contextmanager
def _allowing(error_message: str) -> Iterator[None]:
    yield


def _unwrapped(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor with memory of its own beneath those that torch.func wraps around it."""
    functorch: Any = torch._C._functorch
    while functorch.is_functorch_wrapped_tensor(tensor):
        tensor = functorch.get_unwrapped(tensor)
    return tensor


def _address(tensor: torch.Tensor) -> int:
    if tensor._is_zerotensor():
        return 0  # forward-mode differentiation makes zeros without memory
    return tensor.untyped_storage().data_ptr()
