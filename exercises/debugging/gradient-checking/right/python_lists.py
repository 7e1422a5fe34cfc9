# style: positions from itertools, values as Python floats, no tensor arithmetic in the comparison
import itertools
import math

import torch


def places(x):
    return itertools.product(*(range(n) for n in x.shape))


def call(function, inputs):
    y = function(*inputs)
    if not isinstance(y, torch.Tensor) or y.numel() != 1:
        raise ValueError(f"one number wanted, got {y}")
    return y


def numerical_gradients(function, inputs, eps=1e-6):
    own = [torch.empty(x.shape, dtype=torch.float64).copy_(x.detach()) for x in inputs]
    result = [torch.empty_like(x) for x in own]
    with torch.no_grad():
        for x, slopes in zip(own, result, strict=True):
            for place in places(x):
                old = x[place].clone()
                x[place] = old - eps
                low = call(function, own).item()
                x[place] = old + eps
                high = call(function, own).item()
                x[place] = old
                slopes[place] = (high - low) / eps / 2
    return result


def check_gradients(function, inputs, eps=1e-6, atol=1e-5, rtol=1e-3):
    with torch.enable_grad():
        own = [torch.empty(x.shape, dtype=torch.float64).copy_(x.detach()).requires_grad_(True) for x in inputs]
        y = call(function, own)
    grads = [None] * len(own)
    if y.requires_grad:
        grads = [torch.autograd.grad(y, x, retain_graph=True, allow_unused=True)[0] for x in own]
    mistakes = []
    for number, m in enumerate(numerical_gradients(function, inputs, eps)):
        for place in places(m):
            measured = m[place].item()
            given = 0.0 if grads[number] is None else grads[number][place].item()
            if math.isfinite(given) and abs(given - measured) <= atol + rtol * abs(measured):
                continue
            mistakes.append((number, place, given, measured))
    return mistakes
