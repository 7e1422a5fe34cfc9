"""Where the first number that is not finite comes from: in a loss, or in gradients of a loss that is finite.

Notes `loss`, for the first few backward passes that begin at a number that is not finite although what came before it
was: `node` (the graph node that made it of finite numbers: "LogBackward0", ...), `zeros` and `negatives` in what it was
given, of `values` in all, and as `at` the line of that logarithm or root where it is known.

Notes `gradient`, for the first few updates that use gradients with entries that are not finite although the loss was:
`parameters` that have such gradients of `all`, and `node`, `zeros`, `values` of a node that has no finite slope at what
it was given ("" when none was found). Notes `gradient by hand` for the same after a backward pass, in runs in which no
optimizer has stepped so far.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch

from torchdojo.harness.originals import Tensor, detach, grad_fn_of, grad_of, is_grad_enabled, item, numel
from torchdojo.harness.recorder.bus import Bus
from torchdojo.harness.recorder.by_hand import leaves_behind
from torchdojo.harness.recorder.graph_walks import nodes_behind
from torchdojo.harness.recorder.numbers import Array, array
from torchdojo.harness.recorder.tensors import tensors_in

#: Notes of one kind at most.
_MOST = 4

#: Passes whose graphs are looked through at first, and how often afterwards while nothing suspicious is in them.
_FIRST, _EVERY = 3, 16

#: Where the line of a logarithm or a root is kept on its graph node.
_AT = "line of the script"

_WATCHED = ("log", "log2", "log10", "sqrt", "rsqrt", "reciprocal", "acos", "asin")

_norms: Any = torch._foreach_norm
_strided = torch.strided


class _Suspect(NamedTuple):
    """A node that was given values at which it, or its slope, is not finite."""

    node: str
    zeros: int
    negatives: int
    values: int
    at: int | None


def watch(bus: Bus) -> None:
    """Listen to backward passes and updates."""
    infinities = _Infinities(bus)
    for owner in (torch, Tensor):
        for name in _WATCHED:
            bus.replace(owner, name, infinities.wrap)
    bus.replace(torch.autograd, "grad", infinities.wrap_grad)
    bus.backward_begins.append(infinities.backward_begins)
    bus.backward_ends.append(infinities.backward_ends)
    bus.step_begins.append(infinities.step_begins)


class _Infinities:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._passes = self._losses = self._gradients = 0
        self._finite = True
        self._suspicious = self._stepped = False
        self._steep: _Suspect | None = None

    def wrap(self, original: Any) -> Any:
        """A function whose graph node remembers the line it was called at."""

        bus, log = self._bus, self._bus.log

        def function(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            # Optimizers take many roots, without gradients.
            if not log.light and is_grad_enabled() and not bus.experimenting:
                try:
                    node = grad_fn_of(result)
                    if node is not None:
                        node.metadata[_AT] = self._bus.log.at()
                except Exception as error:
                    self._bus.log.failed(error)
            return result

        return function

    def wrap_grad(self, original: Any) -> Any:
        """`torch.autograd.grad`, which is a backward pass, too."""

        def grad(outputs: Any, *args: Any, **kwargs: Any) -> Any:
            if not (self._bus.inside or self._bus.log.light):
                self._bus.tell([self.backward_begins], tensors_in(outputs))
            return original(outputs, *args, **kwargs)

        return grad

    def backward_begins(self, roots: Any) -> None:
        self._passes += 1
        self._steep = None
        before = self._finite
        self._finite = all(numel(root) != 1 or math.isfinite(item(detach(root))) for root in roots)
        if not self._finite:
            if before and self._losses < _MOST:
                self._losses += 1
                self._note_loss(roots)
        elif self._suspicious or self._passes <= _FIRST or self._passes % _EVERY == 0:
            found = list(_steep_nodes(roots))
            self._suspicious = bool(found)
            self._steep = next((s for s in found if s.zeros), None)

    def _note_loss(self, roots: Any) -> None:
        found = [s for s in (_source(node) for node in nodes_behind(roots)) if s is not None]
        if found:
            # The one that is farthest from the loss was first.
            first = found[-1]
            facts = {"node": first.node, "zeros": first.zeros, "negatives": first.negatives, "values": first.values}
            self._bus.note("infinities", "loss", at=first.at, **facts)

    def backward_ends(self, roots: Any, forwards: Any, failed: bool) -> None:
        if self._steep is not None and not self._stepped and not failed and self._gradients < _MOST:
            self._look_at([grad_of(leaf) for leaf in leaves_behind(roots)], "gradient by hand")

    def step_begins(self, optimizer: Any) -> None:
        if self._bus.log.light or self._gradients >= _MOST:
            return
        self._stepped = True
        if self._finite:
            self._look_at([grad_of(p) for group in optimizer.param_groups for p in group["params"]], "gradient")

    def _look_at(self, gradients: list[Any], what: str) -> None:
        given = [detach(g) for g in gradients if g is not None and g.layout is _strided and g.is_floating_point()]
        if not given:
            return
        sizes = [item(norm) for norm in _norms(given)]
        odd = sum(not math.isfinite(size) for size in sizes)
        if odd and any(not np.isfinite(array(g)).all() for g in given):
            self._gradients += 1
            steep = self._steep or _Suspect("", 0, 0, 0, None)
            facts = {"node": steep.node, "zeros": steep.zeros, "values": steep.values}
            self._bus.note("infinities", what, at=steep.at, parameters=odd, all=len(given), **facts)


def _source(node: Any) -> _Suspect | None:
    """A node that makes infinities or NaN of finite values."""
    name = node.name()
    given = None
    below = 0
    if name.startswith("Log") and name in ("LogBackward0", "Log2Backward0", "Log10Backward0"):
        given = _saved(node, "self")
        below = 1
    elif name == "DivBackward0":
        given = _saved(node, "other")
    elif name in ("ReciprocalBackward0", "RsqrtBackward0"):
        result = _saved(node, "result")
        given = None if result is None else np.where(np.isinf(result), 0.0, 1.0)
    if given is None or not np.isfinite(given).all():
        return None
    zeros, negatives = int((given == 0).sum()), int((given < 0).sum()) * below
    return _Suspect(name, zeros, negatives, int(given.size), _line(node)) if zeros + negatives else None


def _steep_nodes(roots: Any) -> Iterator[_Suspect]:
    """The nodes that have no finite slope somewhere, with the number of values at which they have none."""
    for node in nodes_behind(roots):
        name = node.name()
        at_zero: Array | None = None
        if name == "SqrtBackward0":
            given = _saved(node, "result")
            at_zero = None if given is None else (given == 0) | np.isnan(given)
        elif name in ("LogBackward0", "Log2Backward0", "Log10Backward0"):
            given = _saved(node, "self")
            at_zero = None if given is None else given <= 0
        elif name == "PowBackward0" and 0 < _exponent(node) < 1:
            given = _saved(node, "self")
            at_zero = None if given is None else given == 0
        elif name in ("AcosBackward0", "AsinBackward0"):
            given = _saved(node, "self")
            at_zero = None if given is None else np.abs(given) == 1
        if at_zero is not None:
            yield _Suspect(name, int(at_zero.sum()), 0, int(at_zero.size), _line(node))


def _exponent(node: Any) -> float:
    exponent = getattr(node, "_saved_exponent", 1.0)
    return float(exponent) if isinstance(exponent, (int, float)) else 1.0


def _saved(node: Any, name: str) -> Array | None:
    """A tensor that a node keeps for its backward pass; None when it keeps none, or one that was changed since."""
    try:
        tensor = getattr(node, f"_saved_{name}")
    except (AttributeError, RuntimeError):
        return None
    return array(tensor) if isinstance(tensor, Tensor) else None


def _line(node: Any) -> int | None:
    found = node.metadata.get(_AT)
    return int(found) if found is not None else None
