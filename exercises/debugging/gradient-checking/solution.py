from collections.abc import Callable, Sequence

import torch

Function = Callable[..., torch.Tensor]
Mistake = tuple[int, tuple[int, ...], float, float]


def numerical_gradients(function: Function, inputs: Sequence[torch.Tensor], eps: float = 1e-6) -> list[torch.Tensor]:
    """The slopes of function(*inputs) by central differences: for each input a float64 tensor of its shape."""
    copies = _float64_copies(inputs)
    gradients = []
    with torch.no_grad():
        for copy in copies:
            flat = copy.view(-1)  # (numel,)  writes through to the copy
            slopes = torch.empty_like(flat)  # (numel,)
            for i in range(flat.numel()):
                middle = flat[i].item()
                flat[i] = middle + eps
                above = _value(function, copies)
                flat[i] = middle - eps
                below = _value(function, copies)
                flat[i] = middle
                slopes[i] = (above - below) / (2 * eps)
            gradients.append(slopes.view(copy.shape))
    return gradients


def check_gradients(
    function: Function, inputs: Sequence[torch.Tensor], eps: float = 1e-6, atol: float = 1e-5, rtol: float = 1e-3
) -> list[Mistake]:
    """Where autograd's gradient of function(*inputs) differs from the measured one.

    Returns (number of the input, position, autograd's value, measured value) for each mistake.
    """
    copies = [copy.requires_grad_() for copy in _float64_copies(inputs)]
    with torch.enable_grad():
        result = _scalar(function(*copies))
    if copies and result.requires_grad:
        given = torch.autograd.grad(result, copies, allow_unused=True)
    else:
        given = [None] * len(copies)
    mistakes: list[Mistake] = []
    for number, (gradient, measured) in enumerate(zip(given, numerical_gradients(function, inputs, eps), strict=True)):
        if gradient is None:
            gradient = torch.zeros_like(measured)
        right = gradient.isfinite() & ((gradient - measured).abs() <= atol + rtol * measured.abs())  # False for NaN
        for place in torch.nonzero(~right):  # row by row
            position = tuple(place.tolist())
            mistakes.append((number, position, gradient[position].item(), measured[position].item()))
    return mistakes


def _float64_copies(inputs: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    return [x.detach().to(torch.float64, copy=True, memory_format=torch.contiguous_format) for x in inputs]


def _scalar(result: torch.Tensor) -> torch.Tensor:
    if not isinstance(result, torch.Tensor) or result.numel() != 1:
        raise ValueError("the function has to give one number")
    return result


def _value(function: Function, inputs: Sequence[torch.Tensor]) -> float:
    return _scalar(function(*inputs)).item()
