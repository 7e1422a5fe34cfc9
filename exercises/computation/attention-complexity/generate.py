"""Attention variants: counted by PyTorch while they run on tensors without memory."""

from torchdojo.domain.asking import whole
from torchdojo.judge.computing.measuring import blank, flops


def question(rng, level):
    heads, size = rng.choice([4, 8, 12, 16]), rng.choice([32, 64, 128])
    width, tokens = heads * size, rng.choice([512, 1024, 2048, 4096, 8192])
    kind = {1: "full", 2: rng.choice(["full", "one token", "blocks"]), 3: rng.choice(["blocks", "linear", "one token", "ratio"])}[level]
    block = rng.choice([64, 128, 256])
    full = 4 * tokens**2 * width
    costs = {
        "full": (full, lambda: dot(heads, tokens, tokens, size), f"2 × 2 × {tokens}² × {width}", "full attention over the whole sequence"),
        "blocks": (4 * tokens * block * width, lambda: dot(heads * tokens // block, block, block, size),
                   f"2 × 2 × {tokens} × {block} × {width}", f"attention within blocks of {block} tokens"),
        "linear": (4 * tokens * size * width, lambda: linear(heads, tokens, size),
                   f"2 × 2 × {tokens} × {size} × {width}", "linear attention, φ(Q)·(φ(K)ᵀ·V) in each head, without its normaliser, not causal"),
        "one token": (4 * tokens * width, lambda: dot(heads, 1, tokens, size), f"2 × 2 × {tokens} × {width}",
                      f"one new token attending to a cache of {tokens}"),
    }
    if kind == "ratio":
        return ratio(rng, heads, size, tokens)
    right, run, steps, spoken = costs[kind]
    return whole(
        f"{heads} heads of {size} dimensions, {tokens} tokens. How many FLOPs does {spoken} take in one layer?",
        answer=flops(run),
        formula=right,
        working=f"Scores and weighted sum, over all heads: {steps} = {right:,}.",
        unit="FLOPs",
        rounding=True,
        mistakes=[
            (right // 2, "scores or weighted sums are forgotten, or multiply-accumulates count as one"),
            (full, "full attention is taken"),
            (4 * tokens**2 * size, "one head is counted only"),
            (right * heads, "the width is multiplied by the heads once more"),
            (4 * tokens * width**2, "the cost of projections is taken"),
            (4 * tokens * width, "one token is counted only"),
        ],
    )


def ratio(rng, heads, size, tokens):
    times = rng.choice([2, 3, 4, 8])
    before, after = (flops(lambda t=t: dot(heads, t, t, size)) for t in (tokens, tokens * times))
    return whole(
        f"The sequence grows from {tokens} to {tokens * times} tokens. By which factor do the FLOPs of full attention's scores grow?",
        answer=after // before,
        formula=times**2,
        working=f"Quadratic in the sequence: {times}² = {times**2}.",
        unit="times",
        mistakes=[(times, "it is taken to be linear"), (times**3, "it is taken to be cubic"), (2 * times, "it is doubled, not squared")],
    )


def dot(heads, queries, keys, size):
    q, k, v = blank(heads, queries, size), blank(heads, keys, size), blank(heads, keys, size)
    return (q @ k.transpose(1, 2)) @ v


def linear(heads, tokens, size):
    q, k, v = (blank(heads, tokens, size) for _ in range(3))
    return q @ (k.transpose(1, 2) @ v)
