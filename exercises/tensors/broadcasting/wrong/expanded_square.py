# style: |a|^2 + |b|^2 - 2ab
# verdict: wrong_answer
# caught by: test_points_far_from_the_origin
import torch


def broadcast_shape(*shapes):
    try:
        return tuple(sum((torch.empty(s, device="meta") for s in shapes), torch.empty((), device="meta")).shape)
    except RuntimeError as error:
        raise ValueError(str(error)) from error


def scale_channels(images, weights):
    if weights.shape != images.shape[:2] and weights.shape != images.shape[1:2]:
        raise ValueError("weights")
    return images * weights[..., None, None]


def squared_distances(a, b):
    if a.shape[-1] != b.shape[-1]:
        raise ValueError("d")
    return (a.square().sum(-1)[..., :, None] + b.square().sum(-1)[..., None, :] - 2 * a @ b.mT).clamp(min=0)
