# style: the two kinds of pairs computed apart and written into one tensor
import torch


def contrastive_loss(x1, x2, same, margin=1.0, reduction="mean"):
    if x1.shape != x2.shape:
        raise ValueError(f"x1 has the shape {tuple(x1.shape)}, x2 {tuple(x2.shape)}")
    *lead, width = x1.shape
    if list(same.shape) != lead:
        raise ValueError("same")
    a, b, pull = x1.reshape(-1, width), x2.reshape(-1, width), same.reshape(-1) == 1
    loss = a.new_zeros(len(a))
    loss[pull] = (a[pull] - b[pull]).pow(2).sum(1).mul(0.5)
    d = torch.norm(a[~pull] - b[~pull], dim=1)
    loss[~pull] = torch.maximum(margin - d, d.new_zeros(())).pow(2).mul(0.5)
    loss = loss.reshape(lead)
    match reduction:
        case "none":
            return loss
        case "mean":
            return loss.mean()
        case "sum":
            return loss.sum()
    raise ValueError("reduction")
