"""FLOPs of a convolution: counted by PyTorch while the layer runs on a tensor without memory."""

from torch import nn

from torchdojo.domain.asking import product, whole
from torchdojo.judge.computing.formulas import window
from torchdojo.judge.computing.measuring import blank, flops

LAYERS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}


def question(rng, level):
    dimensions = rng.choice([1, 2]) if level == 1 else rng.choice([1, 2, 3])
    inputs, outputs, kernel = rng.choice([4, 16, 64]), rng.choice([8, 32, 128]), rng.choice([3, 5])
    size, stride = rng.choice([16, 28, 32]), rng.choice([1, 2])
    groups = rng.choice([1, 2, 4]) if level > 2 else 1
    batch = rng.choice([1, 8]) if level > 1 else 1
    as_macs = rng.random() < 0.5
    layer = LAYERS[dimensions](inputs, outputs, kernel, stride, kernel // 2, groups=groups, device="meta")
    side = window(size, kernel, stride, kernel // 2)
    places, volume = side**dimensions, kernel**dimensions
    macs = batch * outputs * places * (inputs // groups) * volume
    counted = flops(lambda: layer(blank(batch, inputs, *[size] * dimensions)))
    unit, factor = ("MACs", 1) if as_macs else ("FLOPs", 2)
    return whole(
        f"How many {unit} does one forward of `nn.Conv{dimensions}d({inputs}, {outputs}, kernel_size={kernel}, "
        f"stride={stride}, padding={kernel // 2}, groups={groups})` take on `({batch}, {inputs}, "
        f"{', '.join([str(size)] * dimensions)})`? Leave the bias out.",
        answer=counted // 2 * factor,
        formula=macs * factor,
        working=f"The output has {product(*[side] * dimensions)} = {places:,} places in each of {outputs} channels. "
        f"Each number needs {product(inputs // groups, *[kernel] * dimensions)} = {(inputs // groups) * volume:,} MACs.\n\n"
        f"{product(batch, outputs, places, (inputs // groups) * volume)} = {macs:,} MACs, and that is {2 * macs:,} FLOPs.",
        unit=unit,
        rounding=True,
        mistakes=[
            (macs * (3 - factor), "MACs and FLOPs are confused"),
            (factor * batch * outputs * size**dimensions * (inputs // groups) * volume, "the input's size is used for the output's"),
            (factor * batch * outputs * places * inputs * volume, "the groups are left out"),
            (factor * macs // batch, "the batch is left out"),
            (factor * macs // (inputs // groups), "the input channels are left out"),
        ],
    )
