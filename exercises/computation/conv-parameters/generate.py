"""Parameters of a convolution: those of the layer itself are counted."""

from torch import nn

from torchdojo.domain.asking import product, whole
from torchdojo.judge.computing.measuring import parameters

LAYERS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}


def question(rng, level):
    dimensions = rng.choice([1, 2, 3])
    inputs, outputs, kernel = rng.choice([16, 32, 64, 96, 128]), rng.choice([32, 64, 128, 256]), rng.choice([1, 3, 5, 7])
    groups = rng.choice([1, 2, 4, 8, 16]) if level > 1 else 1
    bias = rng.random() < 0.6 if level > 2 else True
    layer = LAYERS[dimensions](inputs, outputs, kernel, groups=groups, bias=bias, device="meta")
    volume = kernel**dimensions
    weights = outputs * (inputs // groups) * volume
    total = weights + outputs * bias
    written = f"{product(outputs, inputs // groups, *[kernel] * dimensions)} = {weights:,} weights"
    return whole(
        f"How many parameters has `nn.Conv{dimensions}d({inputs}, {outputs}, kernel_size={kernel}, groups={groups}, "
        f"bias={bias})`?",
        answer=parameters(layer),
        formula=total,
        working=f"out × (in / groups) × kernel: {written}. {f'The bias adds {outputs:,}' if bias else 'There is no bias'}: "
        f"{total:,} parameters.",
        unit="parameters",
        rounding=True,
        mistakes=[
            (weights, "the bias is left out"),
            (weights + outputs, "a bias is counted that is not there"),
            (outputs * inputs * volume + outputs * bias, "the groups are left out"),
            (weights // volume * kernel + outputs * bias, "the kernel is counted in one direction only"),
            (weights + inputs * bias, "the bias is counted by input channels"),
            (outputs * volume + outputs * bias, "the input channels are left out"),
        ],
    )
