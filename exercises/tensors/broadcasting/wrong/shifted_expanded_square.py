# style: shifts by the mean of a, then expands the square
# verdict: wrong_answer
# caught by: test_two_groups_far_apart
import torch


def broadcast_shape(*shapes):
    total = torch.empty((), device="meta")
    try:
        for s in shapes:
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
    c = a.detach().mean(-2, keepdim=True)
    a, b = a - c, b - c
    return (
        a.square().sum(-1)[..., :, None] + b.square().sum(-1)[..., None, :] - 2 * a @ b.transpose(-1, -2)
    ).clamp_min(0)
