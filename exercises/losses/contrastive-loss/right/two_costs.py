# style: both costs added with weights, squared distance without a root, root with 0 replaced
import torch


def contrastive_loss(x1, x2, same, margin=1.0, reduction="mean"):
    if x1.shape != x2.shape:
        raise ValueError(f"x1 has the shape {tuple(x1.shape)}, x2 {tuple(x2.shape)}")
    if tuple(same.shape) != tuple(x1.shape)[:-1]:
        raise ValueError("shape of same")
    s = same.to(x1.dtype)
    d2 = (x1 - x2).square().sum(-1)
    zero = d2 == 0
    d = torch.where(zero, torch.ones_like(d2), d2).sqrt() * (~zero)
    loss = (s * d2 + (1 - s) * torch.clamp(margin - d, min=0).square()) / 2
    if reduction == "none":
        return loss
    if reduction == "mean":
        return loss.sum() / max(loss.numel(), 1)
    if reduction == "sum":
        return loss.sum()
    raise ValueError(reduction)
