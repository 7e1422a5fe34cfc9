"""One run of a model with every operation looked at: axes that a reshape mixes up, layers with nothing between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from torchdojo.harness.originals import Tensor
from torchdojo.harness.recorder.trials.trial import Trial, Unsuited

_RESHAPES = {"view", "reshape", "view_as", "reshape_as"}

#: What hands an affine function on as one: values rearranged, or scaled and shifted channel by channel.
_CARRY = {
    "view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "permute", "transpose", "swapaxes", "movedim",
    "contiguous", "clone", "to", "float", "dropout", "dropout1d", "dropout2d", "batch_norm",
}  # fmt: skip

_CONVOLUTIONS = {"conv1d", "conv2d", "conv3d"}

#: Asking a tensor about itself is no use of its values.
_QUESTIONS = {"__get__", "size", "dim", "numel", "stride", "is_floating_point", "type", "__len__", "is_contiguous"}

_SPLITS = {"chunk", "split", "unbind", "tensor_split", "__getitem__"}

_ATTENTION = {"softmax", "scaled_dot_product_attention", "multi_head_attention_forward", "masked_softmax"}


@dataclass(frozen=True, slots=True)
class Mixed:
    """A reshape that gives the shape of a transposition but leaves the values in their order."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    at: int


@dataclass(eq=False)
class Layer:
    """An affine layer that ran: its widths, and what became of its output."""

    given: int
    made: int
    at: int
    kernel: tuple[int, ...]
    bias: bool = True
    uses: int = 0
    split: bool = False
    before: Layer | None = None


@dataclass
class Flow:
    """What was seen in one run."""

    mixed: list[Mixed] = field(default_factory=list)
    layers: list[Layer] = field(default_factory=list)
    attention: bool = False

    @property
    def stacked(self) -> list[tuple[Layer, Layer]]:
        """Layers whose output only goes into the next, which could be one layer with it.

        A product of three and more matrices and nothing else is a deep linear network: somebody studies just that.
        """
        pairs = [(layer.before, layer) for layer in self.layers if layer.before is not None and _pointless(layer)]
        if 2 <= len(pairs) == len(self.layers) - 1 and not any(layer.bias for layer in self.layers):
            return []
        return pairs


def flow(trial: Trial, at: Callable[[], int], *, training: bool = False) -> Flow:
    """Look at every operation of one run; `at` tells the line. A run as in training leaves the twin changed."""
    if training:
        trial.use_modes_of_training()
    mode = _Looking(at)
    with mode:
        output = trial.call({})
    mode.used(output)
    return mode.flow


class _Looking(TorchFunctionMode):
    def __init__(self, at: Callable[[], int]) -> None:
        super().__init__()
        self.flow = Flow()
        self._at = at
        self._layers: dict[int, Layer] = {}
        self._kept: list[Any] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if kwargs.get("generator") is not None:
            raise Unsuited("the model draws from the script's own generator")
        result = func(*args, **kwargs)
        name = getattr(func, "__name__", "")
        if name not in _QUESTIONS:
            self._look(name, args, kwargs, result)
        return result

    def _look(self, name: str, args: Any, kwargs: Any, result: Any) -> None:
        given = args[0] if args else kwargs.get("input")
        if name in _ATTENTION:
            self.flow.attention = True
        if name in _RESHAPES and isinstance(given, Tensor) and isinstance(result, Tensor):
            before, after = tuple(given.shape), tuple(result.shape)
            if mixes(before, after):
                self.flow.mixed.append(Mixed(before, after, self._at()))
        if isinstance(given, Tensor) and isinstance(result, Tensor) and (name == "linear" or name in _CONVOLUTIONS):
            self._affine(name, given, args, kwargs, result)
        elif name in _CARRY and isinstance(given, Tensor) and isinstance(result, Tensor):
            if (layer := self._layers.get(id(given))) is not None:
                if name == "batch_norm" and not layer.kernel:
                    # Between linear layers it is no activation either, but is left alone: some end a part with it.
                    layer.uses += 1
                else:
                    self._tag(result, layer)
        else:
            self.used((args, kwargs))
            if name in _SPLITS and (layer := self._layers.get(id(given))) is not None:
                layer.split = True
            if isinstance(result, Tensor):
                # Changed in place it is affine no more.
                self._layers.pop(id(result), None)

    def _affine(self, name: str, given: Any, args: Any, kwargs: Any, result: Any) -> None:
        weight = args[1] if len(args) > 1 else kwargs["weight"]
        before = self._layers.get(id(given))
        self.used((args, kwargs))
        if name != "linear" and weight.shape[1] != given.shape[1 if given.dim() == weight.dim() else 0]:
            return  # Grouped: half of a factorised convolution.
        kernel = tuple(weight.shape[2:])
        bias = (args[2] if len(args) > 2 else kwargs.get("bias")) is not None
        layer = Layer(int(weight.shape[1]), int(weight.shape[0]), self._at(), kernel, bias, before=before)
        if before is not None and (len(before.kernel) != len(kernel) or (not kernel and before.made != layer.given)):
            layer.before = None
        self.flow.layers.append(layer)
        self._tag(result, layer)

    def used(self, values: Any) -> None:
        """These values go somewhere."""
        if isinstance(values, Tensor):
            if (layer := self._layers.get(id(values))) is not None:
                layer.uses += 1
        elif isinstance(values, dict):
            self.used(list(values.values()))
        elif isinstance(values, (list, tuple)):
            for value in values:
                self.used(value)

    def _tag(self, tensor: Any, layer: Layer) -> None:
        self._layers[id(tensor)] = layer
        self._kept.append(tensor)


def _pointless(layer: Layer) -> bool:
    """Whether two layers in a row do nothing that one could not.

    A narrow waist is a factorisation, and so are convolutions of one pixel, or along one axis each.
    """
    first = layer.before
    if first is None or first.uses != 1 or layer.split:
        return False
    if layer.kernel:
        flat = any(1 in kernel for kernel in (first.kernel, layer.kernel))
        return not flat and first.made >= min(first.given, layer.made)
    return first.made >= min(first.given, layer.made)


def mixes(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """Whether a reshape gives the shape a transposition would give, which only a transposition can fill rightly."""
    one, other = [n for n in before if n > 1], [n for n in after if n > 1]
    if len(one) == len(other) and sorted(one) == sorted(other):
        return one != other
    if len(before) == 3 and len(after) == 4 and before[0] == after[0] > 0:
        # (rows, time, width) into heads: time has to stay where it is until it is transposed.
        heads = after[1]
        return heads > 1 and before[1] > 1 and heads != before[1] == after[2] and heads * after[3] == before[2]
    if len(before) == 4 and len(after) == 3 and before[0] == after[0]:
        a, b, c = before[1:]
        joined = a > 1 and b > 1 and a != b and after[1:] == (b, a * c)
        tokens = a > 1 and prod((b, c)) > 1 and a != b * c and after[1:] == (b * c, a)
        return joined or tokens
    return False


def has_sequence_first_layers(model: Any) -> bool:
    """Whether a layer takes its input as (time, rows, features)."""
    kinds = (torch.nn.RNNBase, torch.nn.MultiheadAttention)
    return any(isinstance(module, kinds) and not module.batch_first for module in model.modules())


def is_recurrent(model: Any) -> bool:
    """Whether a recurrent layer is part of the model."""
    return any(isinstance(module, (torch.nn.RNNBase, torch.nn.RNNCellBase)) for module in model.modules())
