"""Batch norm: a real layer sees the batch."""

import torch
from torch import nn

from torchdojo.domain.asking import decimal


def question(rng, level):
    values = [float(v) for v in rng.choices([-4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 8], k=rng.choice([4, 5]))]
    values[0] = 9.0
    steps = 1 if level == 1 else rng.choice([2, 3, 4])
    momentum = rng.choice([0.1, 0.2, 0.3, 0.25])
    of_variance = level == 3 or (level == 2 and rng.random() < 0.5)
    layer = nn.BatchNorm1d(1, momentum=momentum, dtype=torch.float64)
    for _ in range(steps):
        layer(torch.tensor(values, dtype=torch.float64).unsqueeze(1))
    mean = sum(values) / len(values)
    squares = sum((v - mean) ** 2 for v in values)
    unbiased, biased = squares / (len(values) - 1), squares / len(values)
    start, seen, name = (1.0, unbiased, "running_var") if of_variance else (0.0, mean, "running_mean")

    def after(seen=seen, momentum=momentum, steps=steps, start=start):
        kept = (1 - momentum) ** steps
        return kept * start + (1 - kept) * seen

    kept = (1 - momentum) ** steps
    of = f"unbiased variance {squares:g}/({len(values)} − 1) = {seen:.4f}" if of_variance else f"mean {seen:g}"
    return decimal(
        f"The batch is {values}, momentum={momentum}. What is `{name}` after {steps} step{'s' * (steps > 1)}?",
        answer=getattr(layer, name).item(),
        formula=after(),
        working=f"Of the start (1 − {momentum})^{steps} = {kept:.4f} is left, the rest comes from the batch, whose {of}: "
        f"{kept:.4f}×{start:g} + {1 - kept:.4f}×{seen:.4f} = {after():.3f}.",
        decimals=3,
        mistakes=[
            (after(seen=biased), "the biased variance is stored" if of_variance else "the variance is taken"),
            (after(momentum=1 - momentum), "momentum is taken for the weight of the old value"),
            (seen, "the batch's own value is taken"),
            (after(steps=1), "one step is made only"),
            (after(start=0.0 if of_variance else 1.0), "it is taken to start from 0" if of_variance else "it is taken to start from 1"),
            (after(steps=steps + 1), "one step too many is made"),
        ],
    )
