# style: the softmax by hand: exponentials below the largest allowed score, divided by their sum
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1]:
        raise ValueError("width")
    if k.shape[-2] != v.shape[-2]:
        raise ValueError("length")
    scores = (q @ k.mT) / torch.tensor(float(q.shape[-1])).sqrt().to(q.dtype)
    allowed = torch.ones_like(scores, dtype=torch.bool) if mask is None else mask.expand_as(scores)
    lowest = torch.finfo(q.dtype).min
    top = scores.detach().masked_fill(~allowed, lowest).amax(-1, keepdim=True)
    shifted = (scores - top).masked_fill(~allowed, 0.0)
    e = shifted.exp() * allowed
    weights = e / e.sum(-1, keepdim=True).clamp(min=torch.finfo(q.dtype).tiny)
    return weights @ v, weights
