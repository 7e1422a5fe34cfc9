# style: by definition: a loop over all values of all letters
import itertools

import torch


def einsum(equation, *operands):
    if equation.count("->") != 1:
        raise ValueError("arrow")
    left, right = ("".join(part.split()) for part in equation.split("->"))
    groups = left.split(",")
    sizes = {}
    if len(groups) != len(operands) or any(len(g) != t.ndim for g, t in zip(groups, operands)):
        raise ValueError("letters")
    for letter, size in ((c, n) for g, t in zip(groups, operands) for c, n in zip(g, t.shape, strict=False)):
        if sizes.get(letter, size) != size:
            raise ValueError("sizes")
        sizes[letter] = size
    if sorted(set(right)) != sorted(right) or any(c not in sizes for c in right):
        raise ValueError("output")
    cells = {}
    for values in itertools.product(*(range(n) for n in sizes.values())):
        at = dict(zip(sizes, values))
        term = 1.0
        for g, t in zip(groups, operands):
            term = term * t[tuple(at[c] for c in g)]
        key = tuple(at[c] for c in right)
        cells[key] = cells[key] + term if key in cells else term
    zero = operands[0].new_zeros(())
    keys = itertools.product(*(range(sizes[c]) for c in right))
    flat = [cells.get(key, zero) for key in keys]
    shape = [sizes[c] for c in right]
    return torch.stack(flat).reshape(shape) if flat else operands[0].new_zeros(shape)
