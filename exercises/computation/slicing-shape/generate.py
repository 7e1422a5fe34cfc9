"""Indexing: carried out on a real tensor."""

import torch

from torchdojo.domain.asking import shape


def question(rng, level):
    sizes = tuple(rng.sample([4, 5, 6, 7, 8, 9, 10], 3 if level == 1 else 4))
    return by_tensors(rng, sizes) if level == 3 else by_slices(rng, sizes, level)


def by_slices(rng, sizes, level):
    texts, result, kept, squeezed = [], [], [], []
    kinds = [rng.choice(["whole", "slice", "integer", "step"] if level > 1 else ["whole", "slice", "integer"]) for _ in sizes]
    kinds[rng.randrange(len(kinds))] = "slice"
    if all(kind in ("whole", "slice") for kind in kinds):
        kinds[0] = "integer"
    for kind, size in zip(kinds, sizes, strict=True):
        if kind == "whole":
            texts.append(":")
            places = size
        elif kind == "integer":
            texts.append(str(rng.choice([0, 1, -1])))
            places = None
        else:
            start, step = rng.randint(0, size - 2), rng.choice([2, 3]) if kind == "step" else 1
            stop = rng.choice([None, rng.randint(start + 1, size), -1 if start < size - 1 else None])
            texts.append(f"{start or ''}:{'' if stop is None else stop}{f':{step}' if step > 1 else ''}")
            places = len(range(*slice(start, stop, step).indices(size)))
        result += [] if places is None else [places]
        kept.append(1 if places is None else places)
        squeezed += [] if places in (None, 1) else [places]
    if level == 2 and rng.random() < 0.5:
        texts.insert(0, "None")
        result, kept, squeezed = [1, *result], [1, *kept], squeezed
    text = ", ".join(texts)
    return shape(
        f"`x` has shape `{sizes}`. What is the shape of `x[{text}]`?",
        answer=tuple(eval(f"x[{text}]", {"x": torch.zeros(sizes)}).shape),
        formula=tuple(result),
        working=f"Integers take their dimension away, slices keep it, `None` puts one in: {tuple(result)}.",
        mistakes=[
            (tuple(kept), "an integer is taken to leave a dimension of 1"),
            (tuple(squeezed), "slices of length 1 are taken to vanish"),
            (sizes, "nothing is taken to change"),
            (tuple(size + 1 for size in result), "the end of a slice is counted in"),
            (tuple(result[::-1]), "the order of the dimensions is turned around"),
        ],
    )


def by_tensors(rng, sizes):
    a, b = rng.choice([2, 3]), rng.choice([11, 12])
    names = {"i": ((b,), torch.zeros(b, dtype=torch.long)), "j": ((a, 1), torch.zeros(a, 1, dtype=torch.long))}
    patterns = {
        ":, i": ([sizes[0], b, *sizes[2:]], False),
        "i": ([b, *sizes[1:]], False),
        ":, i, i": ([sizes[0], b, sizes[3]], False),
        ":, i, :, i": ([b, sizes[0], sizes[2]], True),
        "i, :, i": ([b, sizes[1], sizes[3]], True),
        ":, i, j": ([sizes[0], a, b, sizes[3]], False),
        "i, j": ([a, b, *sizes[2:]], False),
        "..., i": ([*sizes[:3], b], False),
        "j, ..., i": ([a, b, *sizes[1:3]], True),
    }
    text = rng.choice(list(patterns))
    result, moved = patterns[text]
    used = [name for name in names if name in text]
    given = ", ".join(f"`{name}` is an index tensor of shape `{names[name][0]}`" for name in used)
    x = torch.zeros(sizes)
    outer = [names[part.strip()][0] if part.strip() in names else (sizes[d],) for d, part in enumerate(text.split(","))] if "..." not in text else []
    return shape(
        f"`x` has shape `{sizes}`; {given}. What is the shape of `x[{text}]`?",
        answer=tuple(eval(f"x[{text}]", {"x": x, **{name: names[name][1] for name in used}}).shape),
        formula=tuple(result),
        working="Index tensors are broadcast against each other and stand for all their dimensions at once"
        + (", in front here, because a slice is between them" if moved else "") + f": {tuple(result)}.",
        mistakes=[
            (tuple(s for part in outer for s in part) + sizes[len(outer):], "every index tensor is taken to choose on its own"),
            (sizes, "nothing is taken to change"),
            (tuple(result[1:] + result[:1]), "the dimensions of the index are put at the other end"),
            (tuple(result[-1:] + result[:-1]), "the dimensions of the index are put at the front"),
        ],
    )
