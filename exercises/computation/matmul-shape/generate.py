"""Matrix products: carried out, without memory."""

from torchdojo.domain.asking import shape, told
from torchdojo.domain.computation import RAISES
from torchdojo.judge.computing.formulas import broadcast
from torchdojo.judge.computing.measuring import blank, shape_of


def question(rng, level):
    n, k, m = rng.sample([2, 3, 4, 5, 6, 7, 8, 16], 3)
    left, right = [n, k], [k, m]
    if level == 1 and rng.random() < 0.4 or level == 3 and rng.random() < 0.2:
        left, right = rng.choice([([k], [k, m]), ([n, k], [k]), ([k], [k])])
    if level > 1 and min(len(left), len(right)) == 2:
        batch = rng.sample([2, 3, 4, 9, 10], level - 1)
        left = [size if rng.random() < 0.7 else 1 for size in batch] + left
        right = [size if rng.random() < 0.7 else 1 for size in batch[rng.randint(0, len(batch) - 1) :]] + right if rng.random() < 0.8 else right
    if rng.random() < 0.2:
        right[-2 if len(right) > 1 else 0] += 1
    value = multiplied(left, right)
    steps = "The inner sizes have to be equal, what stands before the matrices is broadcast"
    return shape(
        f"`a` has shape `{tuple(left)}`, `b` has shape `{tuple(right)}`. What is the shape of `a @ b`?",
        answer=shape_of(lambda: blank(*left) @ blank(*right)),
        formula=value,
        working=f"{steps}: {told(value)}.",
        mistakes=[
            (RAISES, "the sizes are taken not to fit"),
            (broadcast(left, right), "numbers are multiplied place by place"),
            ((*left[:-1], *right[1:]), "all dimensions but the two inner ones are put behind one another"),
            ((*left[:-1], right[-1]), "inner sizes or batches that do not fit are overlooked, or those of `b`"),
            (tuple(left[-2:-1] + right[-1:]), "the batch is forgotten"),
            ((*left[:-1], 1, *right[-1:]), "a vector is taken to leave a dimension of 1"),
            (tuple(left), "the shape of `a` is kept"),
        ],
    )


def multiplied(left, right):
    rows, inner_left = (left[-2:-1], left[-1])
    inner_right, columns = (right[-2], right[-1:]) if len(right) > 1 else (right[0], [])
    batch = broadcast(left[:-2], right[:-2])
    if inner_left != inner_right or batch == RAISES:
        return RAISES
    return (*batch, *rows, *columns)
