# style: the fill is a float tensor, so that integers become floats
# verdict: wrong_answer
# caught by: test_results_keep_the_dtype
import torch


def _ck(i, lo, hi, what):
    if ((i < lo) | (i > hi)).any():
        raise ValueError(what)


def pick(x, index):
    _ck(index, 0, x.shape[-1] - 1, "index")
    return torch.take_along_dim(x, index[..., None], -1)[..., 0]


def last_valid(x, lengths):
    _ck(lengths, 1, x.shape[1], "length")
    hit = torch.arange(1, x.shape[1] + 1) == lengths[:, None]
    return x[hit]


def keep_top_k(x, k, fill=float("-inf")):
    if not 1 <= k <= x.shape[-1]:
        raise ValueError("k")
    rank = x.detach().argsort(-1, descending=True).argsort(-1)
    return torch.where(rank < k, x, torch.tensor(fill, dtype=torch.float32)) + 0.0


def sum_by_group(x, groups, n):
    _ck(groups, 0, n - 1, "group")
    out = x.new_zeros(n, *x.shape[1:])
    return out.index_put((groups,), x, accumulate=True)
