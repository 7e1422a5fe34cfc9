# style: looks at the first three shapes
# verdict: wrong_answer
# caught by: test_shapes_line_up_from_the_right
import torch


def broadcast_shape(*shapes):
    total = torch.empty((), device="meta")
    try:
        for s in shapes[:3]:
            total = total + torch.empty(tuple(s), device="meta")
    except RuntimeError as e:
        raise ValueError(str(e)) from None
    return tuple(int(v) for v in total.shape)


def scale_channels(images, weights):
    B, C = images.shape[:2]
    if tuple(weights.shape) == (C,):
        return torch.einsum("bchw,c->bchw", images, weights)
    if tuple(weights.shape) == (B, C):
        return torch.einsum("bchw,bc->bchw", images, weights)
    raise ValueError(f"weights {tuple(weights.shape)}")


def squared_distances(a, b):
    if a.shape[-1] != b.shape[-1]:
        raise ValueError("d")
    diff = a.unsqueeze(-2) - b.unsqueeze(-3)
    return torch.einsum("...d,...d->...", diff, diff)
