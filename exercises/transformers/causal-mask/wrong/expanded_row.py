# style: expands one number where a single query looks at everything
# verdict: wrong_answer
# caught by: test_mask_belongs_to_the_caller
import torch


def causal_mask(queries, keys=None, window=None, device=None):
    keys = queries if keys is None else keys
    if keys < queries or (window is not None and window < 1):
        raise ValueError("size")
    if queries == 1 and window is None:
        return torch.ones((), dtype=torch.bool, device=device).expand(1, keys)
    m = torch.ones(queries, keys, dtype=torch.bool, device=device).tril_(keys - queries)
    return m if window is None else m.logical_and_(torch.ones_like(m).triu_(keys - queries - window + 1))


def causal_softmax(scores, keep=None, window=None):
    b, _, lq, lk = scores.shape
    m = causal_mask(lq, lk, window, scores.device)[None, None]
    if keep is not None:
        if tuple(keep.shape) != (b, lk):
            raise ValueError("keep")
        m = m & keep[:, None, None]
    s = scores.masked_fill(~m, float("-inf"))
    s = s.masked_fill(~m.any(-1, keepdim=True), 0.0)
    return s.softmax(-1).masked_fill(~m, 0.0)
