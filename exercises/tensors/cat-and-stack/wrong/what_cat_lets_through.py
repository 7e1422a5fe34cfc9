# style: relies on torch.cat, which leaves out an empty vector of any rank
# verdict: wrong_answer
# caught by: test_shapes_that_do_not_fit
import torch


def _same(ts, what):
    ts = list(ts)
    if not ts:
        raise ValueError("empty")
    if len({what(t) for t in ts}) > 1:
        raise ValueError("shapes")
    return ts


def join_features(tensors):
    try:
        return torch.cat(list(tensors), -1)
    except (RuntimeError, ValueError) as e:
        raise ValueError(str(e))


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
    out = a.new_empty(2 * len(a), *a.shape[1:])
    out[::2] = a
    out[1::2] = b
    return out
