# style: picks from one matrix at a time where there are more dimensions
# verdict: wrong_answer
# caught by: test_no_loops
import torch


def _ck(i, lo, hi, what):
    if ((i < lo) | (i > hi)).any():
        raise ValueError(what)


def pick(x, index):
    _ck(index, 0, x.shape[-1] - 1, "index")
    if x.dim() == 1:
        return x[index]
    return (
        x[torch.arange(len(x)), index]
        if x.dim() == 2
        else torch.stack([a[torch.arange(len(a)), b] for a, b in zip(x, index)])
    )


def last_valid(x, lengths):
    _ck(lengths, 1, x.shape[1], "length")
    hit = torch.arange(1, x.shape[1] + 1) == lengths[:, None]
    return x[hit]


def keep_top_k(x, k, fill=float("-inf")):
    if not 1 <= k <= x.shape[-1]:
        raise ValueError("k")
    rank = x.detach().argsort(-1, descending=True).argsort(-1)
    return torch.where(rank < k, x, fill)


def sum_by_group(x, groups, n):
    _ck(groups, 0, n - 1, "group")
    out = x.new_zeros(n, *x.shape[1:])
    return out.index_put((groups,), x, accumulate=True)
