"""Tensors that autograd has saved for the backward pass and that are written to behind its back.

Looked at in a few training forwards: in a copy of the model every saved tensor is compared when the forward is over
with what it was when it was saved, and in the graph of the script itself when the backward pass begins. Writes that
autograd notices by itself (they raise the tensor's version) do not count.

Notes `checked`: tensors (saved ones that were compared), changed (those that differ), shape (of the first of these),
within (in the model's forward, not between forward and backward).
"""

from __future__ import annotations

import zlib
from typing import Any

import torch

from torchdojo.harness.originals import (
    Module,
    Tensor,
    data_ptr,
    detach,
    grad_fn_of,
    is_grad_enabled,
    numel,
    shape_of,
    version_of,
)
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.numbers import array
from torchdojo.harness.recorder.tensors import is_dense, tensors_in

_BY = "saved_data"

#: Training forwards that are looked at, by their number; values of a tensor that are compared; nodes followed.
_CHOSEN = frozenset({2, 3, 10, 11})
_LAST = max(_CHOSEN)
_VALUES = 1 << 14
_MOST_NODES = 2_000


class _Saved:
    """A tensor and what it was when it was saved."""

    def __init__(self, tensor: Any) -> None:
        self.tensor = detach(tensor)
        self.version = version_of(tensor)
        self.key = _key(tensor)
        self.sum = _checksum(self.tensor)

    def changed(self) -> bool:
        """Whether its content is another, although its version is the same."""
        return version_of(self.tensor) == self.version and _checksum(self.tensor) != self.sum


class _Watch:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._forwards = 0
        self._looked = False
        self._saved: list[_Saved] = []
        self._at = -1
        bus.forward_ends.append(self._forward)
        bus.loss_ends.append(self._loss)
        bus.backward_begins.append(self._begin)
        bus.step_ends.append(self._stepped)

    def _forward(self, number: int, module: Any, args: Any, kwargs: Any, output: Any) -> None:
        if self._forwards >= _LAST or not is_grad_enabled():
            return
        outputs = [tensor for tensor in tensors_in(output) if grad_fn_of(tensor) is not None]
        if not outputs:
            return
        self._forwards += 1
        if self._forwards not in _CHOSEN:
            return
        if self._looked and not self._bus.affords_another():
            return
        self._looked = True
        self._at = self._bus.log.at()
        self._look_again(module, args, kwargs)
        self._keep(outputs)

    def _look_again(self, module: Any, args: Any, kwargs: Any) -> None:
        """Compute the forward in a copy of the model, and compare what is saved on the way."""
        saved: list[_Saved] = []
        with self._bus.experiment():
            twin = self._bus.twin(module)
            if twin is None:
                return

            def pack(tensor: Any) -> Any:
                saved.append(_Saved(tensor))
                return tensor

            try:
                with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
                    output = twin(*args, **kwargs)
            except Exception:
                return  # A model that cannot be run twice in a row.
            del output
            # Running statistics are written to by the layer that saves them: that is how batch norm works.
            own = {data_ptr(buffer) for buffer in Module.buffers(twin)}
            changed = [one for one in saved if data_ptr(one.tensor) not in own and one.changed()]
        self._tell(len(saved), changed, within=True)

    def _loss(self, number: int, name: str, args: Any, kwargs: Any, result: Any) -> None:
        if self._saved and isinstance(result, Tensor):
            self._keep([result])

    def _keep(self, outputs: list[Any]) -> None:
        self._saved += _behind(outputs, {one.key for one in self._saved})

    def _begin(self, roots: list[Any]) -> None:
        saved, self._saved = self._saved, []
        if saved:
            self._tell(len(saved), [one for one in saved if one.changed()], within=False)

    def _stepped(self, optimizer: Any) -> None:
        self._saved = []

    def _tell(self, compared: int, changed: list[_Saved], *, within: bool) -> None:
        self._bus.note(
            _BY,
            "checked",
            self._at,
            tensors=compared,
            changed=len(changed),
            shape=list(shape_of(changed[0].tensor)) if changed else [],
            within=within,
        )


def _key(tensor: Any) -> tuple[int, tuple[int, ...]]:
    return data_ptr(tensor), tuple(shape_of(tensor))


def _behind(outputs: list[Any], known: set[Any]) -> list[_Saved]:
    """The tensors that the graph behind these outputs has saved, but for those that are known."""
    todo = [grad_fn_of(tensor) for tensor in outputs]
    seen, found = set(todo), []
    names: dict[Any, list[str]] = {}
    while todo and len(seen) < _MOST_NODES:
        node = todo.pop()
        if node is None:
            continue
        kind = type(node)
        if kind not in names:
            names[kind] = [name for name in dir(kind) if _holds_tensors(name)]
        for name in names[kind]:
            for tensor in _values(node, name):
                key = _key(tensor)
                if key not in known:
                    known.add(key)
                    found.append(_Saved(tensor))
        for following, _ in node.next_functions:
            if following is not None and following not in seen:
                seen.add(following)
                todo.append(following)
    return found


def _holds_tensors(name: str) -> bool:
    return (name.startswith("_saved_") and "running" not in name) or name == "saved_tensors"


def _values(node: Any, name: str) -> list[Any]:
    try:
        value = getattr(node, name)
    except RuntimeError:
        return []  # Freed already, or written to in a way that autograd notices.
    values = value if isinstance(value, (tuple, list)) else [value]
    return [tensor for tensor in values if is_dense(tensor) and numel(tensor)]


def _checksum(tensor: Any) -> int:
    try:
        values = array(tensor).reshape(-1)
        # An odd step comes by every column of a table sooner or later.
        return zlib.crc32(values[:: values.size // _VALUES | 1].tobytes())
    except (TypeError, RuntimeError):
        return 0  # Sparse or of a kind NumPy does not know.


def watch(bus: Bus) -> None:
    """Begin to watch."""
    _Watch(bus)
