from collections.abc import Callable

import torch

Function = Callable[[torch.Tensor], torch.Tensor]


def value_and_grad(f: Function, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """f(x), of one element, as (), and its gradient, of the shape of x."""
    raise NotImplementedError


def jacobian(f: Function, x: torch.Tensor) -> torch.Tensor:
    """All derivatives of f(x), of shape S: (*S, *x.shape)."""
    raise NotImplementedError


def hessian_vector_product(f: Function, x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """The Hessian of f at x times v, of the shape of x."""
    raise NotImplementedError


def round_straight_through(x: torch.Tensor) -> torch.Tensor:
    """x rounded; its gradient passes as if it were not."""
    raise NotImplementedError
