"""Gradients: against those of a reference, and against finite differences in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from torchdojo.checkers.closeness import assert_close, tolerances
from torchdojo.checkers.failures import CheckFailed
from torchdojo.checkers.forms import assert_type

Call = Callable[..., Any]

#: Directions in which finite differences are taken; a wrong gradient is orthogonal to all of them by no accident.
_DIRECTIONS = 4


def assert_gradients(
    call: Call,
    reference_call: Call,
    *inputs: torch.Tensor,
    rtol: float | None = None,
    atol: float | None = None,
    label: str = "the result",
) -> None:
    """Values and input gradients of `call(*inputs)` against `reference_call(*inputs)`.

    Both return one tensor. The upstream gradient is random; float inputs are differentiated, others passed as they
    are. Inputs of any shape, dtype and strides; they are not changed.
    """
    theirs, ours = _leaves(inputs), _leaves(inputs)
    got, expected = call(*theirs), reference_call(*ours)
    assert_close(got, expected, label=label, rtol=rtol, atol=atol)
    upstream = torch.randn(expected.shape, dtype=torch.float64).to(expected.dtype)
    if not got.requires_grad:
        raise CheckFailed(
            f"{label[:1].upper() + label[1:]} has no gradient: the graph is cut. Look for .detach(), .item(), .data, "
            "torch.no_grad(), or a new tensor made from numbers."
        )
    wanted = [number for number, leaf in enumerate(ours) if leaf.requires_grad]
    found = _gradients(got, [theirs[n] for n in wanted], upstream)
    due = _gradients(expected, [ours[n] for n in wanted], upstream)
    for number, mine, other in zip(wanted, found, due, strict=True):
        name = "the gradient of the input" if len(inputs) == 1 else f"the gradient of input {number + 1}"
        usual = tolerances(other)
        assert_close(
            mine,
            other,
            label=name,
            rtol=10 * usual[0] if rtol is None else rtol,
            atol=10 * usual[1] if atol is None else atol,
        )


def assert_true_gradients(call: Call, *inputs: torch.Tensor, step: float = 1e-6, rtol: float = 1e-4) -> None:
    """Input gradients of `call(*inputs)` against central differences. Inputs in float64; `call` returns one tensor."""
    leaves = _leaves(inputs)
    if any(leaf.is_floating_point() and leaf.dtype is not torch.float64 for leaf in leaves):
        raise TypeError("finite differences need float64 inputs")
    got = call(*leaves)
    assert_type(got)
    if not got.requires_grad:
        raise CheckFailed("The result has no gradient: the graph is cut.")
    upstream = torch.randn(got.shape, dtype=torch.float64)
    wanted = [number for number, leaf in enumerate(leaves) if leaf.requires_grad]
    grads = torch.autograd.grad(got, [leaves[n] for n in wanted], upstream, allow_unused=True)
    for number, grad in zip(wanted, grads, strict=True):
        for _ in range(_DIRECTIONS):
            direction = torch.randn_like(leaves[number])
            told = 0.0 if grad is None else float((grad * direction).sum())
            measured = _difference(call, leaves, number, direction, step, upstream)
            if not abs(told - measured) <= rtol * max(abs(told), abs(measured), 1e-3):
                raise CheckFailed(
                    f"The gradient of input {number + 1} does not tell how the result changes: along one direction it "
                    f"says {told:.6g}, and moving the input a little gives {measured:.6g}."
                )


def _gradients(result: torch.Tensor, leaves: list[torch.Tensor], upstream: torch.Tensor) -> list[torch.Tensor]:
    """Zeros for a leaf that takes no part."""
    grads: tuple[torch.Tensor | None, ...] = torch.autograd.grad(result, leaves, upstream, allow_unused=True)
    return [torch.zeros_like(leaf) if grad is None else grad for leaf, grad in zip(leaves, grads, strict=True)]


def _difference(
    call: Call,
    leaves: list[torch.Tensor],
    number: int,
    direction: torch.Tensor,
    step: float,
    upstream: torch.Tensor,
) -> float:
    sums = []
    with torch.no_grad():
        for sign in (1.0, -1.0):
            moved = [leaf.detach() for leaf in leaves]
            moved[number] = moved[number] + sign * step * direction
            sums.append(float((call(*moved) * upstream).sum()))
    return (sums[0] - sums[1]) / (2 * step)


def _leaves(inputs: tuple[torch.Tensor, ...]) -> list[torch.Tensor]:
    leaves = []
    for value in inputs:
        leaf = value.detach()
        if leaf.is_floating_point() or leaf.is_complex():
            leaf = leaf.clone(memory_format=torch.preserve_format) if _dense(leaf) else leaf
            leaf = leaf.requires_grad_()
        leaves.append(leaf)
    return leaves


def _dense(tensor: torch.Tensor) -> bool:
    """Whether a clone keeps the strides; otherwise the tensor itself is used, detached."""
    return tensor.clone(memory_format=torch.preserve_format).stride() == tensor.stride()
