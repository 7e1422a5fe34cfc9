"""Receptive field: the input places that get a gradient from one output, with weights that are all one."""

import torch
from torch import nn

from torchdojo.domain.asking import whole


def question(rng, level):
    depth = {1: rng.randint(2, 3), 2: rng.randint(3, 4), 3: rng.randint(3, 5)}[level]
    layers = [
        (
            rng.choice([3, 5, 7] if level == 1 else [2, 3, 5]),
            rng.choice([1, 2]) if level > 1 else 1,
            rng.choice([1, 2, 4]) if level > 2 else 1,
        )
        for _ in range(depth)
    ]
    seen, jump, lines = 1, 1, []
    for kernel, stride, dilation in layers:
        lines.append(f"{seen} + ({kernel} − 1)×{dilation}×{jump} = {seen + (kernel - 1) * dilation * jump}")
        seen += (kernel - 1) * dilation * jump
        jump *= stride
    listed = "; ".join(f"kernel {k}, stride {s}, dilation {d}" for k, s, d in layers)
    return whole(
        f"1-D convolutions follow one another: {listed}. How many input places can change one output of the last one?",
        answer=measured(layers, seen + 8 * jump),
        formula=seen,
        working="Field after each layer, starting from 1; the jump is the product of the strides before it:\n\n"
        + "\n\n".join(lines),
        unit="places",
        mistakes=[
            (1 + sum((k - 1) * d for k, _, d in layers), "the strides are left out"),
            (sum(k for k, _, _ in layers), "the kernels are added up"),
            (field([(k, s, 1) for k, s, _ in layers]), "the dilations are left out"),
            (early(layers), "a layer's own stride is counted in its own step"),
            (layers[-1][0], "only the last layer is looked at"),
        ],
    )


def field(layers):
    seen, jump = 1, 1
    for kernel, stride, dilation in layers:
        seen += (kernel - 1) * dilation * jump
        jump *= stride
    return seen


def early(layers):
    seen, jump = 1, 1
    for kernel, stride, dilation in layers:
        jump *= stride
        seen += (kernel - 1) * dilation * jump
    return seen


def measured(layers, length):
    stack = nn.Sequential(*(nn.Conv1d(1, 1, k, s, dilation=d, bias=False, dtype=torch.float64) for k, s, d in layers))
    for layer in stack:
        nn.init.ones_(layer.weight)
    signal = torch.ones(1, 1, length, dtype=torch.float64, requires_grad=True)
    stack(signal)[0, 0, 0].backward()
    touched = signal.grad[0, 0].nonzero().flatten()
    return int(touched.max() - touched.min()) + 1
