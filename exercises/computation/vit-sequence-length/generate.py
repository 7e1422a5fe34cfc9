"""Tokens of a vision transformer: its patch projection runs on an image without memory."""

import torch
from torch import nn

from torchdojo.domain.asking import shape, whole
from torchdojo.judge.computing.measuring import blank


def question(rng, level):
    patch = rng.choice([8, 14, 16, 32])
    rows = rng.randint(6, 24)
    columns = rows if level == 1 else rng.randint(6, 24)
    spare = rng.randint(1, patch - 1) if level == 3 else 0
    height, width = rows * patch + spare, columns * patch
    front = 1 if level == 1 else rng.choice([0, 1, 5])
    channels, hidden, batch = 3, rng.choice([192, 384, 768]), rng.choice([1, 8, 32])
    project = nn.Conv2d(channels, hidden, patch, stride=patch, device="meta")
    tokens = project(blank(batch, channels, height, width)).flatten(2).transpose(1, 2)
    tokens = torch.cat([blank(batch, front, hidden), tokens], dim=1)
    patches = rows * columns
    added = {0: "no class token", 1: "a class token", 5: "a class token and four registers"}[front]
    asked = f"A {height}×{width} image, patches of {patch}×{patch}, {added}"
    steps = f"floor({height}/{patch}) × floor({width}/{patch}) = {rows} × {columns} = {patches} patches, and {front} more: {patches + front} tokens."
    wrong = [
        (patches, "the tokens in front are forgotten"),
        (patches + 1, "exactly one token is put in front"),
        (-(-height // patch) * columns + front, "the unfinished row of patches is counted"),
        (height * width // patch + front, "the pixels are divided by the patch's side, not by its area"),
        (rows * rows + front, "the image is taken to be square"),
        (rows + columns + front, "rows and columns of patches are added"),
    ]
    if level == 1:
        return whole(
            f"{asked}. How many tokens does the transformer see?",
            answer=tokens.shape[1], formula=patches + front, working=steps, unit="tokens", mistakes=wrong,
        )
    return shape(
        f"{asked}, width {hidden}, a batch of {batch}. What is the shape that enters the first block?",
        answer=tuple(tokens.shape),
        formula=(batch, patches + front, hidden),
        working=f"{steps}\n\nThe shape is {(batch, patches + front, hidden)}.",
        parts=("batch", "tokens", "width"),
        mistakes=[((batch, length, hidden), mistake) for length, mistake in wrong]
        + [((batch, hidden, patches + front), "channels and tokens are not swapped after the projection")],
    )
