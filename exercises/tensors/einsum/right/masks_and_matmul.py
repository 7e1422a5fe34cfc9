# style: a repeated letter by renaming and an identity matrix; operands folded one by one by a batched matrix product
import torch


def parse(equation, operands):
    if "->" not in equation:
        raise ValueError("no arrow")
    left, right = equation.replace(" ", "").split("->")
    groups, sizes = left.split(","), {}
    if len(groups) != len(operands):
        raise ValueError("operands")
    for group, tensor in zip(groups, operands):
        if len(group) != tensor.dim():
            raise ValueError("dimensions")
        for letter, size in zip(group, tensor.shape):
            if sizes.setdefault(letter, size) != size:
                raise ValueError("sizes")
    if any(right.count(c) > 1 or c not in sizes for c in right):
        raise ValueError("output")
    return groups, right, sizes


def once(group, tensor):
    for place, letter in enumerate(group):
        first = group.index(letter)
        if first < place:
            n = tensor.shape[place]
            shape = [n if d in (first, place) else 1 for d in range(tensor.dim())]
            tensor = tensor * torch.eye(n, dtype=tensor.dtype).reshape(shape)
    extra = [p for p, c in enumerate(group) if group.index(c) < p]
    if extra:
        tensor = tensor.sum(extra)
    return list(dict.fromkeys(group)), tensor


def einsum(equation, *operands):
    groups, right, sizes = parse(equation, operands)
    have, total = [], torch.ones((), dtype=operands[0].dtype)
    for number, (group, tensor) in enumerate(zip(groups, operands)):
        letters, tensor = once(group, tensor)
        later = set(right).union(*map(set, groups[number + 1 :]))
        keep = [c for c in dict.fromkeys(have + letters) if c in later]
        drop = [c for c in dict.fromkeys(have + letters) if c not in later]
        both = []
        for names, t in ((have, total), (letters, tensor)):
            t = t.permute([names.index(c) for c in keep + drop if c in names])
            view = [sizes[c] if c in names else 1 for c in keep + drop]
            full = [sizes[c] for c in keep + drop]
            n = 1
            for c in drop:
                n *= sizes[c]
            both.append(t.reshape(view).expand(full).reshape([sizes[c] for c in keep] + [n]))
        total = (both[0].unsqueeze(-2) @ both[1].unsqueeze(-1)).squeeze(-1).squeeze(-1)
        have = keep
    return total.permute([have.index(c) for c in right])
