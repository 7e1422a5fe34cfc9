# style: turns every NaN into 0
# verdict: wrong_answer
# caught by: test_real_nan_is_not_hidden
import torch


def pad_collate(items, padding_value=0):
    if not items:
        raise ValueError("empty")
    seqs = [s for s, _ in items]
    if len({(s.dtype, tuple(s.shape[1:])) for s in seqs}) > 1:
        raise ValueError("differ")
    n = torch.tensor([s.shape[0] for s in seqs], dtype=torch.int64)
    mask = torch.arange(int(n.max()))[None] < n[:, None]
    out = torch.full((len(seqs), int(n.max()), *seqs[0].shape[1:]), padding_value, dtype=seqs[0].dtype)
    out[mask] = torch.cat(seqs)
    return dict(sequences=out, lengths=n, mask=mask, labels=torch.tensor([int(y) for _, y in items], dtype=torch.int64))


def masked_mean(values, mask):
    m = mask.reshape(mask.shape + (1,) * (values.dim() - 2))
    v = torch.nan_to_num(values, 0.0, 0.0, 0.0) * m
    return v.sum(1) / m.sum(1).clamp(min=1)
