# style: lets reshape find the number of rows
# verdict: runtime_error
# caught by: test_taking_turns
import torch


def _same(ts, what):
    ts = list(ts)
    if not ts:
        raise ValueError("empty")
    if len({what(t) for t in ts}) > 1:
        raise ValueError("shapes")
    return ts


def join_features(tensors):
    ts = _same(tensors, lambda t: tuple(t.shape[:-1]))
    if ts[0].dim() == 0 or len({t.dim() for t in ts}) > 1:
        raise ValueError("dims")
    out = ts[0].new_empty(*ts[0].shape[:-1], sum(t.shape[-1] for t in ts))
    at = 0
    for t in ts:
        out[..., at : at + t.shape[-1]] = t
        at += t.shape[-1]
    return out


def make_batch(samples):
    ts = _same(samples, lambda t: tuple(t.shape))
    out = ts[0].new_zeros(len(ts), *ts[0].shape)
    for i, t in enumerate(ts):
        out[i] = t
    return out


def pad_batch(sequences, value=0.0):
    ts = _same(sequences, lambda t: tuple(t.shape[1:]))
    n = torch.tensor([len(t) for t in ts])
    mask = torch.arange(int(n.max())).expand(len(ts), -1) < n[:, None]
    out = ts[0].new_full((*mask.shape, *ts[0].shape[1:]), value)
    return out.index_put(mask.nonzero(as_tuple=True), torch.cat(ts)), mask


def interleave(a, b):
    _same([a, b], lambda t: tuple(t.shape))
    return torch.stack((a, b), 1).reshape(-1, *a.shape[1:])
