"""Differentiation across the wire: a backward pass here asks the submission's process for its part of the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.function import once_differentiable

if TYPE_CHECKING:
    from torchdojo.judge.proxies.candidate import Candidate


class Ticket:
    """One call that may be differentiated; when nothing here refers to it any more, the other side lets go too."""

    def __init__(
        self,
        candidate: Candidate,
        call: int,
        numbers: list[int],
        outputs: list[torch.Tensor],
        inputs: list[torch.Tensor],
    ) -> None:
        self.candidate = candidate
        self.call = call
        self.numbers = numbers
        self.outputs = outputs
        self.inputs = [tensor.detach() for tensor in inputs]

    def __del__(self) -> None:
        self.candidate.forget(self.call)


class Bridge(torch.autograd.Function):
    """Stands in the graph for a call in the other process. The anchor makes results of parameters differentiable."""

    @staticmethod
    def forward(ctx: Any, ticket: Ticket, anchor: torch.Tensor, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        ctx.ticket = ticket
        ctx.set_materialize_grads(False)
        outputs, ticket.outputs = ticket.outputs, []
        return tuple(outputs)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: torch.Tensor | None) -> tuple[Any, ...]:
        ticket: Ticket = ctx.ticket
        known = [(n, grad) for n, grad in zip(ticket.numbers, grads, strict=True) if grad is not None]
        if not known:
            return (None, None, *(None for _ in ticket.inputs))
        return (None, None, *ticket.candidate.backward(ticket.call, known, ticket.inputs))
