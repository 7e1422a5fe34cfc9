# style: shapes zipped from behind, view for the weights, indexing with None for the points
from itertools import zip_longest


def broadcast_shape(*shapes):
    out = []
    for sizes in zip_longest(*(reversed(s) for s in shapes), fillvalue=1):
        size = 1
        for s in sizes:
            if s == 1:
                continue
            if size not in (1, s):
                raise ValueError(f"{size} and {s}")
            size = s
        out.insert(0, size)
    return tuple(out)


def scale_channels(images, weights):
    b, c = images.shape[:2]
    if tuple(weights.shape) == (c,):
        weights = weights.expand(b, c)
    elif tuple(weights.shape) != (b, c):
        raise ValueError("weights")
    return weights.reshape(b, c, 1, 1) * images


def squared_distances(a, b):
    if a.shape[-1] != b.shape[-1]:
        raise ValueError("d")
    return ((b[..., None, :, :] - a[..., :, None, :]) ** 2).sum(dim=-1)
