# style: calls backward() on a leaf of its own, which fills the weights inside of f
# verdict: wrong_answer
# caught by: test_weights_get_no_gradients
from collections.abc import Callable

import torch

Function = Callable[[torch.Tensor], torch.Tensor]


def value_and_grad(f: Function, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    leaf = x.detach().requires_grad_()  # (...)  shares the values of x, and nothing else
    y = f(leaf)  # one element
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}, not one element")
    if y.requires_grad:
        y.sum().backward()
    return y.detach().reshape(()), torch.zeros_like(leaf) if leaf.grad is None else leaf.grad


def jacobian(f: Function, x: torch.Tensor) -> torch.Tensor:
    leaf = x.detach().requires_grad_()  # (...)
    y = f(leaf)  # S
    rows = [_gradient(entry, leaf) for entry in y.flatten()]  # one backward pass for each entry
    return torch.stack(rows).detach().reshape(y.shape + x.shape)  # (*S, ...)


def hessian_vector_product(f: Function, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    leaf = x.detach().requires_grad_()  # (...)
    gradient = _gradient(f(leaf).sum(), leaf, create_graph=True)  # (...)  itself a function of leaf
    return _gradient((gradient * v.detach()).sum(), leaf).detach()  # (...)


def round_straight_through(x: torch.Tensor) -> torch.Tensor:
    return x + (x.round() - x).detach()  # (...)  the part in brackets counts as a constant


def _gradient(y: torch.Tensor, leaf: torch.Tensor, create_graph: bool = False) -> torch.Tensor:
    if not y.requires_grad:
        return torch.zeros_like(leaf)
    (gradient,) = torch.autograd.grad(y, leaf, retain_graph=True, create_graph=create_graph, materialize_grads=True)
    return gradient
