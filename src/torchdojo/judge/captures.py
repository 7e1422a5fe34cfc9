"""What a value job captured: parameters, gradients and inputs at the first updates, on our own data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch

from torchdojo.judge.reference import Pair
from torchdojo.judge.tensors import from_wire
from torchdojo.wire import Frame

#: A row that is not found among ours within this distance is not ours.
NEAR = 1e-5


@dataclass(frozen=True, slots=True)
class Capture:
    """One update: parameters and gradients by name, and the batches (with buffers) that led to it."""

    parameters: Mapping[str, torch.Tensor]
    gradients: Mapping[str, torch.Tensor]
    inputs: Sequence[torch.Tensor]
    buffers: Sequence[Mapping[str, torch.Tensor]]

    def flat(self, names: Sequence[str]) -> torch.Tensor:
        """The gradients of these parameters in one vector (P,)."""
        return torch.cat([self.gradients[name].float().reshape(-1) for name in names])


def read_capture(frame: Frame) -> Capture:
    """The capture in a "captured" frame; names it does not know are dropped."""
    tensors = {name: from_wire(data) for name, data in frame.tensors.items()}
    inputs: list[torch.Tensor] = []
    buffers: list[dict[str, torch.Tensor]] = []
    while f"input.{len(inputs)}" in tensors:
        prefix = f"buffer.{len(inputs)}."
        buffers.append({n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)})
        inputs.append(tensors[f"input.{len(inputs)}"])
    return Capture(_under("param.", tensors), _under("grad.", tensors), inputs, buffers)


def fits(model: torch.nn.Module, capture: Capture) -> bool:
    """Whether the captured parameters are those of `model`, by name and shape."""
    own = {name: tuple(p.shape) for name, p in model.named_parameters()}
    return own == {name: tuple(p.shape) for name, p in capture.parameters.items()}


def rows_of(x: torch.Tensor, data: Pair) -> torch.Tensor | None:
    """Where each row of a captured batch stands in our data: (B,) int64; None when any is not ours."""
    ours = data[0].float().reshape(len(data[0]), -1)
    rows = x.float().reshape(len(x), -1) if x.dim() > 1 else x.float().reshape(-1, 1)
    if rows.shape[1] != ours.shape[1] or not torch.isfinite(rows).all():
        return None
    distance, index = torch.cdist(rows, ours, p=float("inf")).min(dim=1)
    return index if float(distance.max()) < NEAR else None


def _under(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}
