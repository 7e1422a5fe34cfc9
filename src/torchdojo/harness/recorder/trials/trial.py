"""A copy of a model in eval mode, and the batch it was given: run it again with the same batch, or with another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.utils.rnn import PackedSequence
from torch.utils import _pytree

from torchdojo.harness.originals import Module, Tensor, detach, numel, worked
from torchdojo.harness.recorder.bus import Bus

#: A model that takes longer for one batch than this is left in peace.
_LONGEST_RUN = 0.15

#: Every run of a trial starts with this seed: a model that draws noise draws the same each time.
_SEED = 20_011

_PLAIN = (bool, int, float, str, type(None), torch.device, torch.dtype)


class Unsuited(Exception):
    """No experiment can be made with this model or these inputs."""


class Trial:
    """A twin of `model` and the arguments it was called with. Raises Unsuited; to be used inside `bus.experiment()`."""

    def __init__(self, bus: Bus, model: Any, args: Any, kwargs: Any) -> None:
        leaves, self._spec = _pytree.tree_flatten((args, kwargs), is_leaf=_is_opaque)
        if any(not isinstance(leaf, (Tensor, *_PLAIN)) for leaf in leaves):
            raise Unsuited("arguments that are neither tensors nor plain values")
        if any(module._forward_hooks or module._forward_pre_hooks for module in Module.modules(model)):
            raise Unsuited("the script's own hooks would run again")
        if any(type(leaf) is not Tensor for leaf in leaves if isinstance(leaf, Tensor)):
            raise Unsuited("tensors with a behaviour of their own")
        twin = bus.twin(model)
        if twin is None:
            raise Unsuited("the model cannot be copied")
        #: The parts of the twin that were in train mode.
        self._training = [module for module in Module.modules(twin) if module.training]
        self.twin = twin.eval()
        self._leaves = [detach(leaf) if isinstance(leaf, Tensor) else leaf for leaf in leaves]
        #: The tensors among the arguments, by their place.
        self.tensors = {place: leaf for place, leaf in enumerate(self._leaves) if isinstance(leaf, Tensor)}
        if not self.tensors:
            raise Unsuited("no tensor among the arguments")
        began = worked()
        self.base = self.run({})
        if self.base is None or worked() - began > _LONGEST_RUN:
            raise Unsuited("the copy fails or is slow")
        again = self.run({})
        if again is None or not torch.equal(again, self.base) or not bool(torch.isfinite(self.base).all()):
            raise Unsuited("the copy does not repeat itself")

    @property
    def given(self) -> Any:
        """The first tensor argument."""
        return next(iter(self.tensors.values()))

    def use_modes_of_training(self, *, norms: bool = True) -> None:
        """Put the twin into the modes the model had: for the last run, since that changes it.

        Without `norms` batch norm stays in eval mode: with it every row depends on every other.
        """
        for module in self._training:
            module.training = norms or not isinstance(module, _NormBase)

    def run(self, changed: Mapping[int, Any]) -> Any:
        """The main output with some arguments changed; None when the model fails or gives no such output."""
        try:
            return main_output(self.call(changed))
        except Exception:
            return None

    def call(self, changed: Mapping[int, Any]) -> Any:
        """Whatever comes out."""
        leaves = [changed.get(place, leaf) for place, leaf in enumerate(self._leaves)]
        leaves = [leaf.clone() if isinstance(leaf, Tensor) else leaf for leaf in leaves]
        args, kwargs = _pytree.tree_unflatten(leaves, self._spec)
        torch.manual_seed(_SEED)
        # Without gradients some layers take a shortcut that changes the shape of what comes out.
        with torch.enable_grad():
            return self.twin(*args, **kwargs)


def main_output(output: Any) -> Any:
    """The first floating-point tensor with an axis, None when there is none."""
    leaves, _ = _pytree.tree_flatten(output)
    if len(leaves) == 1 and not isinstance(leaves[0], Tensor):
        leaves = list(vars(leaves[0]).values()) if hasattr(leaves[0], "__dict__") else []
    for leaf in leaves:
        if isinstance(leaf, Tensor) and leaf.is_floating_point() and leaf.dim() and numel(leaf):
            return detach(leaf).clone()
    return None


def _is_opaque(value: Any) -> bool:
    return isinstance(value, PackedSequence)
