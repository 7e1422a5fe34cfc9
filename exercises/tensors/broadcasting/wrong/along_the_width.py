# style: multiplies by the weights as they are when the widths agree
# verdict: wrong_answer
# caught by: test_each_channel_has_its_weight
import torch


def broadcast_shape(*shapes):
    try:
        return (
            tuple(torch.empty(0).new_empty(()).expand(()).shape)
            if not shapes
            else tuple(sum(torch.empty(s, device="meta") for s in shapes).shape)
        )
    except RuntimeError as error:
        raise ValueError(str(error)) from error


def scale_channels(images, weights):
    try:
        return images * weights
    except RuntimeError:
        return images * weights[..., None, None]


def squared_distances(a, b):
    return (a.unsqueeze(-2) - b.unsqueeze(-3)).square().sum(-1)
