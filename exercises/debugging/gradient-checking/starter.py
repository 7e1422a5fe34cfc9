from collections.abc import Callable, Sequence

import torch

Function = Callable[..., torch.Tensor]
Mistake = tuple[int, tuple[int, ...], float, float]


def numerical_gradients(function: Function, inputs: Sequence[torch.Tensor], eps: float = 1e-6) -> list[torch.Tensor]:
    """The slopes of function(*inputs) by central differences: for each input a float64 tensor of its shape."""
    raise NotImplementedError


def check_gradients(
    function: Function, inputs: Sequence[torch.Tensor], eps: float = 1e-6, atol: float = 1e-5, rtol: float = 1e-3
) -> list[Mistake]:
    """Where autograd's gradient of function(*inputs) differs from the measured one.

    Returns (number of the input, position, autograd's value, measured value) for each mistake.
    """
    raise NotImplementedError
