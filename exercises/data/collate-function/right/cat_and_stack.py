# style: appends blocks of padding and stacks; the mask from ones; torch.where and a count
import torch


def pad_collate(items, padding_value=0):
    if len(items) == 0:
        raise ValueError("empty")
    kinds = {(tuple(s.shape[1:]), s.dtype) for s, _ in items}
    if len(kinds) > 1:
        raise ValueError(f"mixed: {kinds}")
    longest = max(s.size(0) for s, _ in items)
    rows, masks = [], []
    for s, _ in items:
        missing = longest - s.size(0)
        rows.append(torch.cat([s, torch.full((missing, *s.shape[1:]), padding_value, dtype=s.dtype)]))
        masks.append(torch.tensor([True] * s.size(0) + [False] * missing, dtype=torch.bool))
    return dict(
        sequences=torch.stack(rows),
        lengths=torch.as_tensor([s.size(0) for s, _ in items], dtype=torch.int64),
        mask=torch.stack(masks),
        labels=torch.as_tensor([label for _, label in items], dtype=torch.int64),
    )


def masked_mean(values, mask):
    count = mask.sum(1)
    weight = mask[..., None] if values.ndim == 3 else mask
    total = torch.where(weight, values, torch.zeros_like(values)).sum(1)
    count = torch.where(count == 0, torch.ones_like(count), count)
    return total / (count[:, None] if values.ndim == 3 else count)
