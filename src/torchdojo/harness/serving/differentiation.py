"""Keeps what a call computed so that the judge can ask for its gradients later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch


class Graphs:
    """Inputs and outputs of calls, by the call's number."""

    def __init__(self) -> None:
        self._calls: dict[int, tuple[list[torch.Tensor], list[torch.Tensor]]] = {}

    def remember(self, call: int, inputs: Sequence[torch.Tensor], outputs: Sequence[torch.Tensor]) -> None:
        """Keep a call if there is anything to differentiate."""
        if any(tensor.requires_grad and not tensor.is_leaf for tensor in outputs):
            self._calls[call] = (list(inputs), list(outputs))

    def forget(self, calls: Iterable[int]) -> None:
        """Let go of calls the judge will not ask about."""
        for call in calls:
            self._calls.pop(call, None)

    def backward(self, call: int, grads: Sequence[Any]) -> list[Any]:
        """Gradients of the call's inputs (None where there is none), given those of its outputs by (number, gradient).

        The gradients of parameters accumulate where parameters keep them.
        """
        inputs, outputs = self._calls[call]
        wanted = [tensor for tensor in inputs if tensor.requires_grad]
        left = [tensor.grad for tensor in wanted]
        for tensor in wanted:
            tensor.grad = None
        try:
            roots = [outputs[number] for number, _ in grads]
            torch.autograd.backward(roots, [grad for _, grad in grads], retain_graph=True)
            return [tensor.grad if tensor.requires_grad else None for tensor in inputs]
        finally:
            for tensor, grad in zip(wanted, left, strict=True):
                tensor.grad = grad
