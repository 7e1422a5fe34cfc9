"""Parameters of LoRA: those that ask for gradients in a module built for it are counted."""

from torch import nn

from torchdojo.domain.asking import whole


def question(rng, level):
    width, rank = rng.choice([256, 512, 768, 1024, 4096]), rng.choice([2, 4, 8, 16, 64])
    layers = 1 if level == 1 else rng.choice([6, 12, 24, 32])
    inner = 4 * width
    names = ["queries", "values"] if level == 2 else ["one linear layer"] if level == 1 else ["queries", "keys", "values", "outputs", "feed-forward"]
    shapes = {
        "one linear layer": [(width, rng.choice([width, 2 * width, inner]))],
        "feed-forward": [(width, inner), (inner, width)],
    }
    matrices = [pair for name in names for pair in shapes.get(name, [(width, width)])]
    frozen = sum(a * b for a, b in matrices) * layers
    right = rank * sum(a + b for a, b in matrices) * layers
    one = f"`nn.Linear({matrices[0][0]}, {matrices[0][1]})`" if level == 1 else ""
    where = one or f"{', '.join(names)} of all {layers} blocks of width {width}" + (f" (feed-forward inner size {inner})" if level == 3 else "")
    counted = sum(p.numel() for p in adapted(matrices, rank).parameters() if p.requires_grad) * layers
    return whole(
        f"LoRA of rank {rank} beside {where}. How many parameters are trained?",
        answer=counted,
        formula=right,
        working=f"rank × (in + out): {' + '.join(f'{rank}×({a} + {b})' for a, b in matrices)} = {right // layers:,}"
        + (f", times {layers} blocks = {right:,}." if layers > 1 else f". That is {right:,} beside {frozen:,} frozen weights."),
        unit="parameters",
        rounding=True,
        mistakes=[
            (right // 2, "one of the two matrices is forgotten"),
            (frozen, "the frozen weights are counted"),
            (frozen + right, "the frozen weights are counted as well"),
            (right // layers, "one block is counted only"),
            (rank * rank * len(matrices) * layers, "a matrix of rank × rank is counted"),
            (sum(a + b for a, b in matrices) * layers, "the rank is left out"),
        ],
    )


def adapted(matrices, rank):
    found = nn.ModuleList()
    for inputs, outputs in matrices:
        layer = nn.Linear(inputs, outputs, device="meta").requires_grad_(False)
        found.append(nn.ModuleList([layer, nn.Linear(inputs, rank, bias=False, device="meta"), nn.Linear(rank, outputs, bias=False, device="meta")]))
    return found
