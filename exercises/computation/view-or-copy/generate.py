"""Views: each is tried on a real tensor."""

import torch

from torchdojo.domain.asking import yes_no
from torchdojo.judge.computing.formulas import row_major


def question(rng, level):
    a, b, c = (rng.choice([2, 3, 4, 5, 6]) for _ in range(3))
    one = 1 if level > 1 and rng.random() < 0.4 else a
    sizes = (one, b, 2 * c)
    order = rng.sample(range(3), 3)
    text, now = f"x.permute({', '.join(map(str, order))})", [sizes[o] for o in order]
    strides = [row_major(sizes)[o] for o in order]
    if level > 1 and rng.random() < 0.4:
        kept = rng.randint(1, max(1, now[-1] - 1))
        text, now = f"{text}[..., :{kept}]", [*now[:-1], kept]
    tensor = eval(text, {"x": torch.zeros(sizes)})
    packed = fits(now, strides, [[0], [1], [2]]) and contiguous(now, strides)
    if level == 1 or rng.random() < 0.4:
        return yes_no(
            f"`x = torch.zeros{sizes}`. Is `{text}` contiguous?",
            answer=tensor.is_contiguous(),
            formula=packed,
            working=f"Its sizes are {tuple(now)}, its strides {tuple(strides)}; contiguous would be {row_major(now)}. Sizes of 1 do not matter.",
            mistake="it is not looked at which sizes are 1, or which order the strides are in",
        )
    groups = rng.choice([[[0, 1], [2]], [[0], [1, 2]], [[0, 1, 2]]])
    wanted = []
    for group in groups:
        count = 1
        for d in group:
            count *= now[d]
        wanted.append(count)
    return yes_no(
        f"`x = torch.zeros{sizes}`. Does `{text}.view({', '.join(map(str, wanted))})` work?",
        answer=works(tensor, wanted),
        formula=fits(now, strides, groups),
        working=f"Its sizes are {tuple(now)}, its strides {tuple(strides)}. Dimensions that are merged must follow one another in memory: "
        "each stride is the next one times its size, sizes of 1 left out.",
        mistake="contiguity is asked for, or any merging is taken to work",
    )


def works(tensor, wanted):
    try:
        tensor.view(wanted)
    except RuntimeError:
        return False
    return True


def contiguous(sizes, strides):
    return all(size == 1 or stride == right for size, stride, right in zip(sizes, strides, row_major(sizes), strict=True))


def fits(sizes, strides, groups):
    for group in groups:
        lasting = [d for d in group if sizes[d] != 1]
        for d, following in zip(lasting, lasting[1:], strict=False):
            if strides[d] != strides[following] * sizes[following]:
                return False
    return True
