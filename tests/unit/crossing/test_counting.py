"""Counting changes nothing: whatever runs without it runs with it, and gives the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.func import grad, hessian, jacrev, jvp, vjp, vmap
from torch.utils._pytree import tree_leaves

from torchdojo.crossing import Counter

#: torch warns about its own forward-mode derivatives.
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning")

X = torch.linspace(-1, 1, 12).view(4, 3)


def wave(x: torch.Tensor) -> torch.Tensor:
    return (x.sin() * x.exp()).sum()


def pulled_back(x: torch.Tensor) -> Any:
    value, pull = vjp(lambda v: v.sin() * v, x)
    return value, pull(torch.ones_like(value))


@pytest.mark.parametrize(
    "call",
    [
        lambda: grad(wave)(X),
        lambda: grad(lambda x: grad(wave)(x).pow(2).sum())(X),
        lambda: vmap(grad(wave))(X),
        lambda: vmap(wave)(X),
        lambda: jacrev(torch.sin)(X),
        lambda: hessian(wave)(X[0]),
        lambda: jvp(wave, (X,), (X,)),
        lambda: pulled_back(X),
    ],
    ids=["grad", "grad of grad", "vmap of grad", "vmap", "jacrev", "hessian", "jvp", "vjp"],
)
def test_transforms_of_torch_func_can_be_counted(call: Callable[[], Any]) -> None:
    plain = tree_leaves(call())
    counter = Counter()
    with counter:
        counted = tree_leaves(call())
    assert all(torch.equal(one, other) for one, other in zip(plain, counted, strict=True))
    assert counter.counted().calls["aten.sin"] > 0


def test_what_a_transform_keeps_for_the_backward_is_counted_too() -> None:
    x = torch.ones(1000, requires_grad=True)
    plain, inside = Counter(), Counter()
    with plain:
        kept = x.exp().sin()
    with inside:
        kept_inside, _ = vjp(lambda v: v.exp().sin(), x)
    assert kept.requires_grad
    assert kept_inside.requires_grad
    assert inside.counted().saved_bytes >= plain.counted().saved_bytes > 0


def test_torch_is_afterwards_as_it_was() -> None:
    before = torch.autograd.graph.disable_saved_tensors_hooks
    counter = Counter()
    with pytest.raises(ZeroDivisionError), counter, counter:
        raise ZeroDivisionError
    assert torch.autograd.graph.disable_saved_tensors_hooks is before
    with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t), pytest.raises(RuntimeError):
        grad(wave)(X)
