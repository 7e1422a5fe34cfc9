"""gather and its relatives: carried out on real tensors."""

import torch
from torch.nn import functional as F

from torchdojo.domain.asking import shape, told
from torchdojo.domain.computation import RAISES
from torchdojo.judge.computing.measuring import shape_of


def question(rng, level):
    sizes = tuple(rng.sample([3, 4, 5, 6, 7, 8, 9], 2 if level == 1 else 3))
    dim = rng.randrange(len(sizes))
    kind = rng.choice({1: ["index_select", "topk", "one_hot"], 2: ["gather", "index_select", "topk"], 3: ["gather", "take_along_dim"]}[level])
    x = torch.zeros(sizes)
    swapped = {"topk": 2, "index_select": 11}
    if kind in swapped:
        k = swapped[kind]
        text = f"x.topk({k}, dim={dim}).values" if kind == "topk" else f"x.index_select({dim}, i)` with `i` of shape `({k},)"
        i = torch.zeros(k, dtype=torch.long)
        right = (*sizes[:dim], k, *sizes[dim + 1 :])
        run = (lambda: x.topk(k, dim).values) if kind == "topk" else (lambda: x.index_select(dim, i))
        why = f"Dimension {dim} gets the length {k}"
        wrong = [((k,), "only the chosen places are left"), ((*sizes, k), "the length is put at the end"), ((k, *sizes[1:]), "the first dimension is taken"),
                 ((*sizes[:dim], *sizes[dim + 1 :]), "the dimension is taken away"), (sizes, "nothing is taken to change")]
    elif kind == "one_hot":
        classes = rng.choice([10, 12])
        text, run, right = f"F.one_hot(x.long(), {classes})", lambda: F.one_hot(x.long(), classes), (*sizes, classes)
        why = f"The {classes} classes come last"
        wrong = [((sizes[0], classes, *sizes[1:]), "the classes are put where convolutions want them"), (sizes, "nothing is taken to change"),
                 ((classes, *sizes), "the classes are put in front"), ((*sizes[:-1], classes), "the last dimension is replaced")]
    else:
        index = [max(1, size - rng.choice([0, 1, 2])) for size in sizes]
        index[dim] = rng.choice([1, 2, 11])
        if level == 3 and rng.random() < 0.5:
            spot = rng.choice([d for d in range(len(sizes)) if d != dim])
            index[spot] = rng.choice([1, sizes[spot] + 1])
        broadcast = kind == "take_along_dim"
        if broadcast:
            index = [size if d == dim or rng.random() < 0.6 else rng.choice([1, sizes[d]]) for d, size in enumerate(index)]
            for d in range(len(sizes)):
                if d != dim and index[d] != 1:
                    index[d] = sizes[d]
        i = torch.zeros(index, dtype=torch.long)
        text = f"{'torch.take_along_dim(x, i, ' if broadcast else 'x.gather('}{'' if broadcast else f'{dim}, i'}{f'dim={dim}' if broadcast else ''})` with `i` of shape `{tuple(index)}"
        run = (lambda: torch.take_along_dim(x, i, dim)) if broadcast else (lambda: x.gather(dim, i))
        stretched = tuple(index[d] if d == dim else sizes[d] for d in range(len(sizes)))
        too_large = any(index[d] > sizes[d] for d in range(len(sizes)) if d != dim)
        right = stretched if broadcast else RAISES if too_large else tuple(index)
        why = "Outside the gathered dimension the index is stretched to the input" if broadcast else "The result has the shape of the index, which may not be larger than the input outside the gathered dimension"
        wrong = [(stretched, "the index is taken to be stretched to the input"), (tuple(index), "the shape of the index is taken"), (sizes, "the shape of the input is taken"),
                 (RAISES, "an index smaller than the input is taken not to fit"), ((*sizes[:dim], *index, *sizes[dim + 1 :]), "the whole index is put in the place of the dimension")]
    return shape(
        f"`x` has shape `{sizes}`. What is the shape of `{text}`?",
        answer=shape_of(run),
        formula=right,
        working=f"{why}: {told(right)}.",
        mistakes=wrong,
    )
