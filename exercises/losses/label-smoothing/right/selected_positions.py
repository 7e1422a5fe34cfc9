# style: flat positions, only those that count, nll plus a term for all classes
import torch
import torch.nn.functional as F


def smooth_labels(targets, classes, smoothing=0.1):
    if not (smoothing >= 0 and smoothing <= 1):
        raise ValueError(smoothing)
    flat = targets.reshape(-1).long()
    out = torch.zeros(flat.numel(), classes, device=targets.device)
    out[torch.arange(flat.numel()), flat] = 1 - smoothing
    out += smoothing / classes
    return out.reshape(*targets.shape, classes)


def label_smoothing_loss(logits, targets, smoothing=0.1, ignore_index=-100, reduction="mean"):
    if not (smoothing >= 0 and smoothing <= 1):
        raise ValueError(smoothing)
    if reduction not in {"mean", "sum", "none"}:
        raise ValueError(reduction)
    if logits[:, 0].shape != targets.shape:
        raise ValueError(targets.shape)
    k = logits.shape[1]
    scores = logits.movedim(1, -1).reshape(-1, k)
    flat = targets.reshape(-1)
    counts = (flat != ignore_index).nonzero().squeeze(1)
    log_p = F.log_softmax(scores[counts], -1)
    nll = F.nll_loss(log_p, flat[counts].long(), reduction="none")
    each = torch.lerp(nll, -log_p.sum(-1) / k, smoothing)
    if reduction == "none":
        return torch.zeros_like(scores[:, 0]).index_put((counts,), each).reshape(targets.shape)
    total = each.sum()
    return total if reduction == "sum" or not len(counts) else total / len(counts)
