"""Padding that keeps the size: found by running the layer with every padding."""

from torch import nn

from torchdojo.domain.asking import whole
from torchdojo.judge.computing.measuring import blank


def question(rng, level):
    kernel = rng.choice([3, 5, 7, 9, 11] if level == 1 else [3, 5, 7, 9, 11, 13, 15])
    dilation = 1 if level == 1 else rng.choice([2, 3, 4] if level == 2 else [3, 4, 5, 6, 8])
    size = rng.choice([200, 224, 256, 320])

    def kept(padding):
        layer = nn.Conv2d(3, 8, kernel, padding=padding, dilation=dilation, device="meta")
        return layer(blank(1, 3, size, size)).shape[-1] == size

    half = dilation * (kernel - 1) // 2
    # Every kernel above fits into the image without padding.
    right = next(padding for padding in range(size) if kept(padding))
    return whole(
        f"Which `padding` makes `nn.Conv2d(3, 8, kernel_size={kernel}, dilation={dilation})` return {size}×{size} images for "
        f"{size}×{size} images?",
        answer=right,
        formula=half,
        working=f"dilation × (kernel − 1) / 2 = {dilation} × ({kernel} − 1) / 2 = {half}.",
        unit="places",
        mistakes=[
            (kernel // 2, "the dilation is left out"),
            (2 * half, "both sides are counted together"),
            (dilation * kernel // 2, "half the kernel is multiplied by the dilation without taking the middle out"),
            (0, "nothing is padded"),
            (kernel, "the whole kernel is padded"),
        ],
    )
