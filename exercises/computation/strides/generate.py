"""Strides: the operations are carried out, without memory."""

import torch

from torchdojo.domain.asking import shape
from torchdojo.judge.computing.formulas import row_major
from torchdojo.judge.computing.measuring import blank


def question(rng, level):
    rank = {1: rng.choice([2, 3]), 2: 3, 3: 4}[level]
    # Sizes of 1 would make strides a matter of taste.
    sizes = tuple(rng.choice([2, 3, 4, 5, 6, 8]) for _ in range(rank))
    tensor, strides, text = blank(*sizes), list(row_major(sizes)), "x"
    now = list(sizes)
    for _ in range(1 if level == 1 else 2):
        kind = rng.choice(["permute", "step", "index"] if len(now) > 2 else ["permute", "step"])
        if kind == "permute":
            order = rng.sample(range(len(now)), len(now))
            tensor, text = tensor.permute(order), f"{text}.permute({', '.join(map(str, order))})"
            now, strides = [now[o] for o in order], [strides[o] for o in order]
        elif kind == "step":
            place = rng.randrange(len(now))
            tensor = tensor[(slice(None),) * place + (slice(None, None, 2),)]
            text += f"[{':, ' * place}::2]"
            now[place], strides[place] = -(-now[place] // 2), strides[place] * 2
        else:
            place = rng.randrange(len(now))
            tensor, text = tensor.select(place, 0), f"{text}.select({place}, 0)"
            del now[place], strides[place]
    if level == 3:
        copies = rng.choice([3, 7])
        tensor, text = tensor.unsqueeze(0).expand(copies, *now), f"{text}.unsqueeze(0).expand({copies}, {', '.join(['-1'] * len(now))})"
        now, strides = [copies, *now], [0, *strides]
    return shape(
        f"`x = torch.zeros{sizes}`. What is `{text}.stride()`?",
        answer=tensor.stride(),
        formula=tuple(strides),
        working=f"`x` has strides {row_major(sizes)}. `permute` reorders them, a step of 2 doubles one, `select` removes one"
        f"{', `expand` puts a 0 in front' if level == 3 else ''}: {tuple(strides)}.",
        parts=[f"of dimension {d}" for d in range(len(now))],
        mistakes=[
            (row_major(now), "the result is taken to be contiguous"),
            (tuple(now), "sizes are given for strides"),
            (row_major(sizes), "the strides are taken not to change"),
            (tuple(4 * s for s in strides), "bytes are counted, not elements"),
            (tuple(reversed(strides)), "the strides are given in the wrong order"),
            (tuple(strides[:-1]) + (1,), "the last stride is taken to be 1 always"),
        ],
    )
