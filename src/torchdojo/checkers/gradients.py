"""Explains a captured gradient as a sum of known ones: which loss made it, and what was left from before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch

Vector = torch.Tensor

#: Relative size of what may stay unexplained in float32.
RESIDUE = 2e-3


@dataclass(frozen=True, slots=True)
class Explanation:
    """A gradient as a sum of the gradients of single batches plus a share of the gradient of the step before.

    `residue` is what is left unexplained, relative to the gradient; `carried` is None when there was none before.
    """

    residue: float
    carried: float | None

    @property
    def fits(self) -> bool:
        """Whether hardly anything is left unexplained."""
        return self.residue < RESIDUE


def explain(gradient: Vector, parts: Sequence[Vector], previous: Vector | None) -> Explanation | None:
    """Fit `gradient` (P,) by `parts` and `previous`, all (P,); None when the parts are too alike to tell apart."""
    columns = [*parts, *([] if previous is None else [previous])]
    size = float(gradient.norm())
    if size == 0.0 or any(float(c.norm()) == 0.0 or not torch.isfinite(c).all() for c in [gradient, *columns]):
        return None
    matrix = torch.stack([c.double() / c.double().norm() for c in columns], dim=1)  # (P, K)
    if float(torch.linalg.svdvals(matrix)[-1]) < 1e-3:
        return None
    weights = torch.linalg.lstsq(matrix, gradient.double().unsqueeze(1)).solution  # (K, 1)
    residue = float((matrix @ weights - gradient.double().unsqueeze(1)).norm()) / size
    carried = None if previous is None else float(weights[-1, 0]) / float(previous.double().norm())
    return Explanation(residue, carried)


def gradient_of(
    model: torch.nn.Module,
    state: Mapping[str, torch.Tensor],
    x: torch.Tensor,
    y: torch.Tensor,
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    names: Sequence[str],
) -> Vector:
    """The gradient (P,) of `loss(model(x), y)` with these parameters and buffers, over the parameters `names`."""
    tensors = {name: value.detach().clone() for name, value in state.items()}
    wanted = [tensors[name].requires_grad_() for name in names]
    output = torch.func.functional_call(model, tensors, (x,))
    grads = torch.autograd.grad(loss(output, y), wanted)
    return torch.cat([g.reshape(-1) for g in grads])
