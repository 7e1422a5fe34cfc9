# style: accepts every weight that broadcasts
# verdict: wrong_answer
# caught by: test_weights_of_another_shape_are_refused
import torch


def broadcast_shape(*shapes):
    try:
        return tuple(sum((torch.empty(s, device="meta") for s in shapes), torch.empty((), device="meta")).shape)
    except RuntimeError as error:
        raise ValueError(str(error)) from error


def scale_channels(images, weights):
    if weights.dim() > 2:
        raise ValueError("weights")
    return images * weights[..., None, None]


def squared_distances(a, b):
    if a.shape[-1] != b.shape[-1]:
        raise ValueError("d")
    return (a.unsqueeze(-2) - b.unsqueeze(-3)).square().sum(-1)
