"""Parameters of a vision transformer: those of a module built for it are counted."""

import torch
from torch import nn

from torchdojo.domain.asking import whole
from torchdojo.judge.computing.measuring import parameters


def question(rng, level):
    patch, grid = rng.choice([8, 16, 32]), rng.choice([7, 8, 14])
    width, layers = rng.choice([192, 256, 384, 768]), rng.choice([2, 4, 6, 12])
    classes = rng.choice([10, 100, 1000])
    side, tokens = patch * grid, grid * grid + 1
    projection = 3 * patch * patch * width + width
    positions = tokens * width
    blocks, norm, head = layers * (12 * width**2 + 13 * width), 2 * width, width * classes + classes
    front = projection + width + positions
    total = front if level == 1 else front + blocks + norm + head
    asked = "patch projection, class token and positions alone" if level == 1 else "the whole model"
    steps = (
        f"Projection: 3×{patch}²×{width} + {width} = {projection:,}. Class token: {width}. Positions: {tokens} × {width} = "
        f"{positions:,}."
    )
    if level > 1:
        steps += (
            f" Blocks: {layers} × (12×{width}² + 13×{width}) = {blocks:,}. Norm: {norm:,}. Head: {width}×{classes} + {classes} = "
            f"{head:,}."
        )
    return whole(
        f"A vision transformer for {side}×{side} RGB images: patches of {patch}×{patch}, a class token, width {width}, {layers} blocks with "
        f"feed-forward {4 * width}, {classes} classes. How many parameters has {asked}?",
        answer=parameters(model(patch, tokens, width, layers, classes, whole=level > 1)),
        formula=total,
        working=f"{steps} Together {total:,}.",
        unit="parameters",
        rounding=True,
        mistakes=[
            (total - positions, "the positions are left out"),
            (total - 2 * width, "the class token has neither numbers nor a position"),
            (total - projection, "the patch projection is left out"),
            (total - projection + 3 * patch * width + width, "the patch is counted in one direction only"),
            (total - head, "the head is left out"),
            (blocks, "only the blocks are counted"),
            (total - layers * 4 * width**2 if level > 1 else width, "the feed-forward has one matrix only"),
            (12 * layers * width**2, "only 12·d² for each block is counted"),
        ],
    )


def model(patch, tokens, width, layers, classes, *, whole):
    with torch.device("meta"):
        made = nn.ModuleDict({"project": nn.Conv2d(3, width, patch, stride=patch)})
        made["tables"] = nn.ParameterList([torch.empty(1, 1, width), torch.empty(1, tokens, width)])
        if whole:
            made["blocks"] = nn.ModuleList(nn.TransformerEncoderLayer(width, 4, 4 * width) for _ in range(layers))
            made["norm"], made["head"] = nn.LayerNorm(width), nn.Linear(width, classes)
    return made
