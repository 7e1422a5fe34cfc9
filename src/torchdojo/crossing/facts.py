"""What is known of a tensor that came from another process, beyond its values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch

_ATTRIBUTE = "_torchdojo_facts"


@dataclass(frozen=True, slots=True)
class Facts:
    """As the other side told it: where the tensor lives there and how it takes part in differentiation.

    `shares` is the storage of ours that was sent over and whose copy the tensor lies in; None when there is none.
    """

    device: str = "cpu"
    requires_grad: bool = False
    is_leaf: bool = True
    is_parameter: bool = False
    shares: Any = field(default=None, compare=False)


def facts_of(tensor: torch.Tensor) -> Facts | None:
    """The facts that came with the tensor; None for a tensor made in this process."""
    return getattr(tensor, _ATTRIBUTE, None)


def attach(tensor: torch.Tensor, facts: Facts) -> None:
    """Remember `facts` with the tensor."""
    setattr(tensor, _ATTRIBUTE, facts)
