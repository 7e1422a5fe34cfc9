"""cat and stack: carried out, without memory."""

import torch

from torchdojo.domain.asking import shape, told
from torchdojo.domain.computation import RAISES
from torchdojo.judge.computing.measuring import blank, shape_of


def question(rng, level):
    sizes = tuple(rng.sample([2, 3, 4, 5, 6, 8, 16, 32], 2 if level == 1 else 3))
    count, stacking = rng.choice([2, 3]), rng.random() < 0.5
    place = rng.randrange(len(sizes) + stacking)
    dim = place - len(sizes) - stacking if level > 1 and rng.random() < 0.4 else place
    shapes = [sizes] * count
    if level > 1 and (not stacking or rng.random() < 0.4):
        odd = list(sizes)
        # Of cat only the dimension that is joined may differ.
        spot = place if not stacking and rng.random() < 0.7 else rng.randrange(len(sizes))
        odd[spot] += rng.choice([1, 2, 5])
        shapes = [*shapes[:-1], tuple(odd)]
    name, join = ("stack", torch.stack) if stacking else ("cat", torch.cat)
    right = joined(shapes, place, stacking)
    total = sum(each[min(place, len(sizes) - 1)] for each in shapes)
    other = joined(shapes, min(place, len(sizes) - 1), not stacking)
    return shape(
        f"Tensors of shape {', '.join(f'`{each}`' for each in shapes)}. What is the shape of `torch.{name}([...], dim={dim})`?",
        answer=shape_of(lambda: join([blank(*each) for each in shapes], dim)),
        formula=right,
        working=(f"All sizes have to be equal, and a dimension of {count} is put in at {place}" if stacking else f"Dimension {place} is added up to {total}, all others have to be equal")
        + f": {told(right)}.",
        mistakes=[
            (other, f"{'cat' if stacking else 'stack'} is taken for {name}"),
            (joined(shapes, (place + 1) % (len(sizes) + stacking), stacking), "another dimension is joined"),
            (RAISES, "the shapes are taken not to fit"),
            (sizes, "nothing is taken to change"),
            (tuple(count * s for s in sizes), "every dimension is multiplied"),
            (tuple(total if d == place else s for d, s in enumerate(sizes)), "sizes that differ elsewhere are overlooked"),
            ((*sizes, count), "the new dimension is put at the end"),
        ],
    )


def joined(shapes, place, stacking):
    first = shapes[0]
    if stacking:
        return (*first[:place], len(shapes), *first[place:]) if len(set(shapes)) == 1 else RAISES
    if len({(*each[:place], *each[place + 1 :]) for each in shapes}) > 1:
        return RAISES
    return (*first[:place], sum(each[place] for each in shapes), *first[place + 1 :])
