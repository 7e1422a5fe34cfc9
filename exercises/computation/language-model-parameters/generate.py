"""Parameters of a GPT-like model: those of a module built for it are counted."""

import torch
from torch import nn

from torchdojo.domain.asking import whole
from torchdojo.judge.computing.measuring import parameters


def question(rng, level):
    width = rng.choice([128, 256, 384, 512, 768])
    layers, context = rng.choice([2, 4, 6, 8, 12]), rng.choice([256, 512, 1024])
    words = rng.choice([5000, 8192, 32000, 50257])
    tied = level == 1 or rng.random() < 0.5
    factor = 4 if level < 3 else rng.choice([2, 3])
    block = 4 * width**2 + 4 * width + 2 * factor * width**2 + (factor + 1) * width + 4 * width
    tables, head = words * width + context * width, 0 if tied else words * width
    total = tables + layers * block + 2 * width + head
    return whole(
        f"A GPT-like model: {words:,} tokens, context {context}, width {width}, {layers} blocks, feed-forward {factor}× as wide, "
        f"output layer without bias {'tied to the token table' if tied else 'of its own'}. How many parameters has it?",
        answer=parameters(model(words, context, width, layers, factor, tied)),
        formula=total,
        working=f"Tables: ({words:,} + {context}) × {width} = {tables:,}. A block: (4 + 2×{factor})×{width}² + "
        f"(4 + {factor} + 1 + 4)×{width} = {block:,}, {layers} of them {layers * block:,}. Last norm: 2×{width} = {2 * width:,}. "
        f"Output layer: {head:,}. Together {total:,}.",
        unit="parameters",
        rounding=True,
        mistakes=[
            (total + words * width if tied else total - words * width, "tied and untied output layers are confused"),
            (layers * block + 2 * width, "the tables are left out"),
            (total - tables + words * width, "the positions are left out"),
            (12 * layers * width**2, "only 12·d² for each block is counted"),
            (tables + block + 2 * width + head, "one block is counted only"),
            (total - layers * 2 * factor * width**2, "the feed-forward matrices are left out"),
        ],
    )


def model(words, context, width, layers, factor, tied):
    with torch.device("meta"):
        made = nn.ModuleDict({"tokens": nn.Embedding(words, width), "positions": nn.Embedding(context, width)})
        made["blocks"] = nn.ModuleList(nn.TransformerEncoderLayer(width, 4, factor * width) for _ in range(layers))
        made["norm"], made["head"] = nn.LayerNorm(width), nn.Linear(width, words, bias=False)
    if tied:
        made["head"].weight = made["tokens"].weight
    return made
