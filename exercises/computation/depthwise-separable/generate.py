"""A depthwise separable convolution against the plain one: parameters of the layers themselves."""

from torch import nn

from torchdojo.domain.asking import product, whole
from torchdojo.judge.computing.measuring import parameters


def question(rng, level):
    inputs, outputs, kernel = rng.choice([16, 32, 64, 128, 256]), rng.choice([32, 64, 128, 256]), rng.choice([3, 5, 7])
    bias = level > 1 and rng.random() < 0.5
    pair = nn.Sequential(
        nn.Conv2d(inputs, inputs, kernel, groups=inputs, bias=bias, device="meta"),
        nn.Conv2d(inputs, outputs, 1, bias=bias, device="meta"),
    )
    plain = nn.Conv2d(inputs, outputs, kernel, bias=bias, device="meta")
    depthwise, pointwise = inputs * kernel**2 + inputs * bias, inputs * outputs + outputs * bias
    full = inputs * outputs * kernel**2 + outputs * bias
    saved = level == 3
    both = f"a depthwise separable convolution ({inputs} to {outputs} channels, {kernel}×{kernel}, bias={bias})"
    counted = parameters(plain) - parameters(pair) if saved else parameters(pair)
    right = full - depthwise - pointwise if saved else depthwise + pointwise
    steps = (
        f"Depthwise: {product(inputs, kernel, kernel)}{f' + {inputs}' if bias else ''} = {depthwise:,}. "
        f"Pointwise: {product(inputs, outputs)}{f' + {outputs}' if bias else ''} = {pointwise:,}. "
        f"Together {depthwise + pointwise:,}."
    )
    return whole(
        f"How many parameters fewer has {both} than the plain convolution?" if saved else f"How many parameters has {both}?",
        answer=counted,
        formula=right,
        working=f"{steps} The plain one has {full:,}, which is {full - depthwise - pointwise:,} more.",
        unit="parameters",
        rounding=True,
        mistakes=[
            (full, "the plain convolution is counted"),
            (depthwise, "the pointwise part is forgotten"),
            (pointwise, "the depthwise part is forgotten"),
            (outputs * kernel**2 + pointwise, "the depthwise part is counted by output channels"),
            (full - depthwise, "the pointwise part is not taken off"),
            (depthwise + pointwise, "the parameters themselves are given, not the difference"),
        ],
    )
