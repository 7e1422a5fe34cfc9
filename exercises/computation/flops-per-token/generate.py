"""FLOPs of transformer blocks: counted by PyTorch while the products run on tensors without memory."""

import torch

from torchdojo.domain.asking import whole
from torchdojo.judge.computing.measuring import blank, flops


def question(rng, level):
    width, factor = rng.choice([256, 512, 768, 1024]), 4 if level < 3 else rng.choice([2, 3, 4])
    tokens, layers = rng.choice([128, 512, 1024, 2048]), rng.choice([1, 2, 6, 12])
    per_token = level == 1
    matrices = 2 * (4 + 2 * factor) * width**2
    scores = 4 * tokens * width
    counted = layers * flops(lambda: block(tokens, width, factor))
    right = layers * (matrices + scores)
    scale = 1 if per_token else tokens
    asked = "each token, on average," if per_token else "the whole sequence"
    return whole(
        f"{layers} transformer block{'s' * (layers > 1)} of width {width}, feed-forward {factor}× as wide, on one sequence of {tokens} tokens. "
        f"How many FLOPs does a forward take for {asked}?",
        answer=counted // tokens * scale,
        formula=right * scale,
        working=f"For one token and block: matrices 2 × (4 + 2×{factor}) × {width}² = {matrices:,}; scores and weighted sum "
        f"2 × 2 × {tokens} × {width} = {scores:,}. Times {layers} blocks: {right:,} a token, and {right * tokens:,} for all "
        f"{tokens}.",
        unit="FLOPs",
        rounding=True,
        mistakes=[
            (right * scale // 2, "multiply-accumulates are counted as one"),
            (layers * matrices * scale, "scores and weighted sum are left out: that is the rule 2·N"),
            (3 * layers * matrices * scale, "the rule 6·N is used, which is for training"),
            (layers * (matrices + scores // 2) * scale, "the weighted sum of the values is left out"),
            ((matrices + scores) * scale, "one block is counted only"),
            (right * (tokens if per_token else 1), "a token and the sequence are confused"),
        ],
    )


def block(tokens, width, factor):
    x = blank(tokens, width)
    square, up, down = blank(width, width), blank(width, factor * width), blank(factor * width, width)
    q, k, v = x @ square, x @ square, x @ square
    mixed = torch.softmax(q @ k.T, dim=-1) @ v
    return (mixed @ square) @ up @ down
