"""Features before the classifier: the body runs on an image without memory."""

import torch
from torch import nn

from torchdojo.domain.asking import product, whole
from torchdojo.judge.computing.formulas import window
from torchdojo.judge.computing.measuring import blank


def question(rng, level):
    size = rng.choice([28, 32, 64]) if level == 1 else rng.choice([28, 37, 50, 63])
    padding = 1 if level == 1 else rng.choice([0, 1])
    channels = rng.sample([8, 16, 32, 64], k=level if level > 1 else 2)
    kernel, body, lines, side, without = 3, [], [f"{size}"], size, size
    for inputs, outputs in zip([3, *channels], channels, strict=False):
        body += [nn.Conv2d(inputs, outputs, kernel, padding=padding, device="meta"), nn.ReLU(), nn.MaxPool2d(2)]
        convolved = window(side, kernel, 1, padding)
        side, without = convolved // 2, without // 2
        lines.append(f"conv {convolved}, pool {side}")
    with torch.device("meta"):
        measured = nn.Sequential(*body, nn.Flatten())(blank(2, 3, size, size)).shape[1]
    stack = ", ".join(f"Conv2d({i}, {o}, 3, padding={padding}), ReLU, MaxPool2d(2)" for i, o in zip([3, *channels], channels, strict=False))
    total = channels[-1] * side * side
    return whole(
        f"Images are `3×{size}×{size}`; the body is {stack}, then `Flatten`. How many features arrive at the linear layer?",
        answer=int(measured),
        formula=total,
        working=f"Height and width: {' → '.join(lines)}. {product(channels[-1], side, side)} = {total:,}.",
        unit="features",
        mistakes=[
            (channels[-1], "height and width are forgotten"),
            (channels[-1] * side, "one of the two directions is forgotten"),
            (channels[-1] * without * without, "the convolutions are taken to keep the size"),
            (2 * total, "the batch is counted in"),
            (channels[-1] * size * size, "the poolings are left out"),
        ],
    )
