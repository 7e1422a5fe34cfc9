"""Dropout: run on many equal numbers, the survivors looked at."""

import torch
from torch.nn import functional as F

from torchdojo.domain.asking import decimal


def question(rng, level):
    p = rng.choice([0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75])
    x = rng.choice([1.0, 2.0, 3.0, 0.6, 1.5, 4.5])
    training = level == 1 or rng.random() < 0.75
    layers = 2 if level == 3 else 1
    values = torch.full((400,), x, dtype=torch.float64)
    while True:
        found = values
        for _ in range(layers):
            found = F.dropout(found, p, training=training)
        if found.any():
            break
    right = x / (1 - p) ** layers if training else x
    kind = "train" if training else "eval"
    return decimal(
        f"A value of {x} goes through {'two dropouts in a row, each with' if layers == 2 else 'dropout with'} p={p} in {kind} mode"
        f"{' and is not dropped' if training else ''}. What comes out?",
        answer=found[found != 0][0].item(),
        formula=right,
        working=f"{x} / (1 − {p}){'²' if layers == 2 else ''} = {right:.3f}." if training else f"Evaluation changes nothing: {right:.3f}.",
        decimals=3,
        mistakes=[
            (x, "nothing is scaled"),
            (x * (1 - p) ** layers, "it is multiplied by 1 − p, as old papers did in evaluation"),
            (x / p**layers, "p is taken for the probability of staying"),
            (x / (1 - p), "the second dropout is forgotten" if training else "evaluation is taken to scale as well"),
            (x * p, "it is multiplied by p"),
            (0.0, "what stays is taken to be dropped"),
        ],
    )
