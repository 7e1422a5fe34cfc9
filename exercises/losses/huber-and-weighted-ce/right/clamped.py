# style: Huber from the clipped error, weights by a one-hot product, counts by comparison
import torch


def reduce(values, how, weights=None):
    if how == "none":
        return values
    if how == "sum":
        return values.sum()
    if how != "mean":
        raise ValueError(how)
    if weights is None:
        return values.mean()
    total = weights.sum()
    return values.sum() / total if total > 0 else values.sum() * 0


def huber_loss(prediction, target, delta=1.0, reduction="mean"):
    if not 0 < delta:
        raise ValueError("delta")
    if list(prediction.shape) != list(target.shape):
        raise ValueError("shapes")
    e = torch.abs(prediction - target.to(prediction.dtype))
    near = e.clamp(max=delta)
    return reduce(near * (e - near / 2), reduction)


def balanced_weights(targets, classes, ignore_index=-100):
    keep = (targets != ignore_index).flatten()
    hot = targets.flatten()[keep].unsqueeze(1) == torch.arange(classes, device=targets.device)
    counts = hot.sum(0)
    return torch.where(counts > 0, hot.shape[0] / classes / counts.clamp(min=1), 0.0).float()


def weighted_cross_entropy(logits, targets, weight=None, ignore_index=-100, reduction="mean"):
    n, k, *rest = logits.shape
    if list(targets.shape) != [n, *rest] or (weight is not None and list(weight.shape) != [k]):
        raise ValueError("shapes")
    classes = torch.arange(k, device=logits.device).reshape(k, *[1] * len(rest))
    hot = (targets.unsqueeze(1) == classes) & (targets != ignore_index).unsqueeze(1)
    w = hot.to(logits.dtype)
    if weight is not None:
        w = w * weight.to(logits.dtype).reshape(classes.shape)
    log_p = logits - torch.logsumexp(logits, 1, keepdim=True)
    return reduce(-(w * log_p).sum(1), reduction, w.sum(1))
