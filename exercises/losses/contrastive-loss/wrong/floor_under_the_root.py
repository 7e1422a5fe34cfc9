# style: keeps the root away from 0 by a floor
# verdict: wrong_answer
# caught by: test_distance_zero_is_exact
import torch


def contrastive_loss(x1, x2, same, margin=1.0, reduction="mean"):
    if x1.shape != x2.shape or same.shape != x1.shape[:-1] or reduction not in ("mean", "sum", "none"):
        raise ValueError("bad")
    diff = x1 - x2
    d = diff.square().sum(-1).clamp_min(1e-12).sqrt()
    s = same.to(x1.dtype)
    loss = 0.5 * s * (diff * diff).sum(-1) + 0.5 * (1 - s) * (margin - d).clamp_min(0) ** 2
    return {"mean": torch.mean, "sum": torch.sum, "none": lambda t: t}[reduction](loss)
