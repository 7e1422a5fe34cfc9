# style: a loop over batch and queries, indexing only the keys in reach
import torch


def scaled_dot_product_attention(q, k, v, mask=None):
    if q.shape[-1] != k.shape[-1] or k.shape[-2] != v.shape[-2]:
        raise ValueError("shapes do not fit")
    lead, (n, d), (m, e) = q.shape[:-2], q.shape[-2:], v.shape[-2:]
    if mask is None:
        mask = torch.ones(n, m, dtype=torch.bool)
    mask = mask.expand(*lead, n, m).reshape(-1, n, m)
    outputs, tables = [], []
    for qs, ks, vs, allowed in zip(q.reshape(-1, n, d), k.reshape(-1, m, d), v.reshape(-1, m, e), mask, strict=False):
        for query, row in zip(qs, allowed, strict=False):
            w = torch.zeros(m, dtype=q.dtype)
            if row.any():
                w = w.index_put((row.nonzero()[:, 0],), torch.softmax(ks[row] @ query / d**0.5, 0))
            tables.append(w)
            outputs.append(w @ vs)
    return torch.stack(outputs).reshape(*lead, n, e), torch.stack(tables).reshape(*lead, n, m)
