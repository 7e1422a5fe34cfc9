"""Broadcasting: the tensors are added, without memory."""

from torchdojo.domain.asking import shape, told
from torchdojo.domain.computation import RAISES
from torchdojo.judge.computing.formulas import broadcast
from torchdojo.judge.computing.measuring import blank, shape_of


def question(rng, level):
    rank = rng.randint(2, 2 + level)
    whole = [rng.choice([2, 3, 4, 5, 6, 8, 16]) for _ in range(rank)]
    shapes = [part(rng, whole) for _ in range(3 if level == 3 else 2)]
    if rng.random() < 0.3:
        # One size that fits nowhere, unless it meets a 1.
        spoiled = list(shapes[-1])
        spoiled[rng.randrange(len(spoiled))] += 1
        shapes[-1] = tuple(spoiled)
    if level == 1 and rng.random() < 0.3:
        rows = rng.choice([4, 8, 32])
        shapes = [(rows, 1), (rows,)]
    right = broadcast(*shapes)
    names = "abc"[: len(shapes)]
    widest = max(shapes, key=len)
    padded = [("1, " * (len(widest) - len(each))) + ", ".join(map(str, each)) for each in shapes]
    return shape(
        f"{', '.join(f'`{name}` has shape `{each}`' for name, each in zip(names, shapes, strict=True))}. "
        f"What is the shape of `{' + '.join(names)}`?",
        answer=shape_of(lambda: sum((blank(*each) for each in shapes[1:]), blank(*shapes[0]))),
        formula=right,
        working="Flush right, filled up with 1:\n\n" + "\n\n".join(padded)
        + (f"\n\nEvery column agrees: {right}." if right != RAISES else f"\n\nIn one column two sizes differ and neither is 1: {told(right)}."),
        mistakes=[
            (RAISES, "a size of 1, or a missing one, is taken to fit nothing"),
            (widest, "the tensor with the most dimensions is taken to decide"),
            (left(shapes), "the shapes are lined up on the left"),
            (tuple(max(column) for column in zip(*(((1,) * (len(widest) - len(e)) + e) for e in shapes), strict=True)), "the larger size is taken to win in every column"),
            (shapes[0], "the first tensor is taken to decide"),
        ],
    )


def part(rng, whole):
    kept = whole[rng.randint(0, len(whole) - 1) :] if rng.random() < 0.5 else whole
    return tuple(1 if rng.random() < 0.35 else size for size in kept)


def left(shapes):
    found = broadcast(*(each[::-1] for each in shapes))
    return found if found == RAISES else found[::-1]
