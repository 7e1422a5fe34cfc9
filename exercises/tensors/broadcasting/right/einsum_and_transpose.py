# style: the stretched tensors written out, einsum for the products
import torch


def broadcast_shape(*shapes):
    result = []
    for shape in shapes:
        one, two = result, list(shape)
        n = max(len(one), len(two))
        one, two = [1] * (n - len(one)) + one, [1] * (n - len(two)) + two
        if any(s != t and 1 not in (s, t) for s, t in zip(one, two, strict=False)):
            raise ValueError(f"{one} against {two}")
        result = [t if s == 1 else s for s, t in zip(one, two, strict=False)]
    return tuple(result)


def scale_channels(images, weights):
    if weights.dim() == 1 and len(weights) == images.size(1):
        return torch.einsum("bchw,c->bchw", images, weights)
    if weights.dim() == 2 and weights.size() == images.size()[:2]:
        return (images.permute(2, 3, 0, 1) * weights).permute(2, 3, 0, 1)
    raise ValueError("weights have to be (C,) or (B, C)")


def squared_distances(a, b):
    if a.size(-1) != b.size(-1):
        raise ValueError("dimensions differ")
    gap = torch.sub(a.unsqueeze(-2), b.unsqueeze(-3))
    return torch.einsum("...k,...k->...", gap, gap)
