# style: tril and triu of a table of ones, exponentials divided by their sum
import torch


def causal_mask(queries, keys=None, window=None, device=None):
    keys = queries if keys is None else keys
    if queries > keys or (window is not None and window <= 0):
        raise ValueError("sizes do not fit")
    ones = torch.ones(queries, keys, dtype=torch.bool, device=device)
    mask = ones.tril(keys - queries)
    return mask if window is None else mask.triu(keys - queries - window + 1)


def causal_softmax(scores, keep=None, window=None):
    b, h, q, k = scores.shape
    allowed = causal_mask(q, k, window, device=scores.device).expand(b, h, q, k)
    if keep is not None:
        if tuple(keep.shape) != (b, k):
            raise ValueError("keep must be (B, Lk)")
        allowed = allowed & keep.reshape(b, 1, 1, k)
    safe = torch.where(allowed, scores, -torch.inf)
    top = safe.amax(-1, keepdim=True).clamp_min(torch.finfo(scores.dtype).min).detach()
    e = torch.where(allowed, (torch.where(allowed, scores, 0) - top).clamp(max=0).exp(), 0)
    total = e.sum(-1, keepdim=True)
    return e / torch.where(total == 0, 1, total)
