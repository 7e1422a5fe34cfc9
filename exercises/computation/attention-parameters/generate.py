"""Parameters of attention: those of modules built for it are counted."""

from torch import nn

from torchdojo.domain.asking import product, whole
from torchdojo.judge.computing.measuring import parameters


def question(rng, level):
    heads = rng.choice([4, 8, 12, 16, 32])
    size = rng.choice([32, 64, 128])
    width = heads * size
    groups = rng.choice([g for g in (1, 2, 4, 8) if heads % g == 0 and g < heads]) if level == 3 else heads
    bias = level < 3 and rng.random() < 0.5
    narrow = groups * size
    if level == 3:
        block = nn.ModuleList(nn.Linear(width, out, bias=bias, device="meta") for out in (width, narrow, narrow, width))
        asked = f"Grouped-query attention of width {width} has {heads} query heads and {groups} key-value heads, no biases."
    else:
        block = nn.MultiheadAttention(width, heads, bias=bias, device="meta")
        asked = f"`nn.MultiheadAttention({width}, {heads}, bias={bias})`:"
    weights = 2 * width * width + 2 * width * narrow
    biases = (2 * width + 2 * narrow) * bias
    return whole(
        f"{asked} How many parameters has it?",
        answer=parameters(block),
        formula=weights + biases,
        working=f"Queries and output: 2 × {product(width, width)} = {2 * width * width:,}. Keys and values: 2 × "
        f"{product(width, narrow)} = {2 * width * narrow:,}. Biases: {biases:,}. Together {weights + biases:,}; the heads only "
        "share out the width.",
        unit="parameters",
        rounding=True,
        mistakes=[
            (4 * width * width + 4 * width * bias, "keys and values are taken to be as wide as the queries"),
            (3 * width * width + 3 * width * bias, "the output projection is forgotten"),
            (weights, "the biases are left out"),
            (weights + 4 * width, "biases are counted that are not there"),
            (4 * width * width * heads, "it is multiplied by the heads"),
            (4 * size * size * heads, "every head is taken to see its own part of the input only"),
        ],
    )
