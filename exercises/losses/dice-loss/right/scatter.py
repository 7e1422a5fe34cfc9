# style: scatter_ for the one-hot, sums over a tuple of dims, no flattening
import torch


def dice_loss(logits, targets, smooth=1.0, ignore_index=None):
    if targets.shape != logits.shape[:1] + logits.shape[2:]:
        raise ValueError(f"targets have the shape {tuple(targets.shape)}, the logits {tuple(logits.shape)}")
    probabilities = torch.softmax(logits, dim=1)
    targets = targets.to(torch.int64)
    if ignore_index is not None:
        ignored = targets.eq(ignore_index)
        targets = targets.clone()
        targets[ignored] = 0
    hot = torch.zeros_like(logits).scatter_(1, targets.unsqueeze(1), 1.0)
    if ignore_index is not None:
        keep = ignored.logical_not().unsqueeze(1).to(logits.dtype)
        probabilities = probabilities * keep
        hot = hot * keep
    dims = tuple(range(2, logits.dim()))
    above = torch.sum(probabilities * hot, dims).mul(2).add(smooth)
    below = probabilities.sum(dims).add(hot.sum(dims)).add(smooth)
    return torch.ones((), dtype=logits.dtype) - torch.div(above, below).mean()
