# style: flat row numbers, a boolean mask, take_along_dim and index_put
import torch


def pick(x, index):
    if (index < 0).any() or (index >= x.shape[-1]).any():
        raise ValueError("index")
    flat = x.reshape(-1, x.shape[-1])
    return flat[torch.arange(flat.shape[0]), index.reshape(-1)].reshape(index.shape)


def last_valid(x, lengths):
    if not ((lengths >= 1) & (lengths <= x.shape[1])).all():
        raise ValueError("lengths")
    return torch.take_along_dim(x, lengths.sub(1)[:, None, None], dim=1)[:, 0]


def keep_top_k(x, k, fill=float("-inf")):
    if k < 1 or k > x.shape[-1]:
        raise ValueError("k")
    drop = torch.ones_like(x, dtype=torch.bool)
    drop.scatter_(-1, x.argsort(-1, descending=True)[..., :k], False)
    return x.masked_fill(drop, fill)


def sum_by_group(x, groups, n):
    if ((groups < 0) | (groups >= n)).any():
        raise ValueError("groups")
    out = torch.zeros(n, *x.shape[1:], dtype=x.dtype)
    return out.index_put((groups,), x, accumulate=True)
