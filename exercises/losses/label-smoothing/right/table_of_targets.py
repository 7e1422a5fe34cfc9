# style: the whole table of targets, multiplied by the log-probabilities
import torch


def smooth_labels(targets, classes, smoothing=0.1):
    if smoothing != smoothing or smoothing < 0 or smoothing > 1:
        raise ValueError("smoothing")
    hot = torch.eye(classes, device=targets.device)[targets.long()]
    return hot * (1 - smoothing) + smoothing / classes


def label_smoothing_loss(logits, targets, smoothing=0.1, ignore_index=-100, reduction="mean"):
    n, k, *rest = logits.shape
    if list(targets.shape) != [n, *rest]:
        raise ValueError("targets")
    keep = targets.ne(ignore_index)
    q = smooth_labels(torch.where(keep, targets, 0), k, smoothing).to(logits.dtype)
    scores = logits.movedim(1, -1)
    log_p = scores - scores.logsumexp(-1, keepdim=True)
    loss = torch.where(keep, -(q * log_p).sum(-1), 0.0)
    match reduction:
        case "none":
            return loss
        case "sum":
            return loss.sum()
        case "mean":
            return loss.sum() / max(int(keep.sum()), 1)
    raise ValueError(reduction)
