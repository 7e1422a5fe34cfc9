from collections.abc import Callable

import torch

Function = Callable[[torch.Tensor], torch.Tensor]


def value_and_grad(f: Function, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """f(x), of one element, as (), and its gradient, of the shape of x."""
    leaf = x.detach().requires_grad_()  # (...)  shares the values of x, and nothing else
    y = f(leaf)  # one element
    if y.numel() != 1:
        raise ValueError(f"f(x) has the shape {tuple(y.shape)}, not one element")
    return y.detach().reshape(()), _gradient(y, leaf)  # (), (...)


def jacobian(f: Function, x: torch.Tensor) -> torch.Tensor:
    """All derivatives of f(x), of shape S: (*S, *x.shape)."""
    leaf = x.detach().requires_grad_()  # (...)
    y = f(leaf)  # S
    rows = [_gradient(entry, leaf) for entry in y.flatten()]  # one backward pass for each entry
    return torch.stack(rows).reshape(y.shape + x.shape)  # (*S, ...)


def hessian_vector_product(f: Function, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """The Hessian of f at x times v, of the shape of x."""
    leaf = x.detach().requires_grad_()  # (...)
    gradient = _gradient(f(leaf), leaf, create_graph=True)  # (...)  itself a function of leaf
    return _gradient((gradient * v).sum(), leaf)  # (...)


def round_straight_through(x: torch.Tensor) -> torch.Tensor:
    """x rounded; its gradient passes as if it were not."""
    return x + (x.round() - x).detach()  # (...)  the part in brackets counts as a constant


def _gradient(y: torch.Tensor, leaf: torch.Tensor, create_graph: bool = False) -> torch.Tensor:
    """The gradient of y, of one element, zeros where nothing depends on leaf. The graph is kept."""
    if not y.requires_grad:
        return torch.zeros_like(leaf)
    (gradient,) = torch.autograd.grad(y, leaf, retain_graph=True, create_graph=create_graph, materialize_grads=True)
    return gradient
