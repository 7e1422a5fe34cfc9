# style: Huber filled in by masks, cross-entropy of the selected positions only
import torch


def huber_loss(prediction, target, delta=1.0, reduction="mean"):
    if reduction not in {"mean", "sum", "none"} or delta != delta or delta <= 0:
        raise ValueError("arguments")
    if prediction.shape != target.shape:
        raise ValueError("shapes")
    diff = prediction - target.type_as(prediction)
    big = diff.abs() > delta
    out = torch.zeros_like(diff)
    out[~big] = diff[~big].square() / 2
    out[big] = delta * diff[big].abs() - delta**2 / 2
    return out if reduction == "none" else getattr(out, reduction)()


def balanced_weights(targets, classes, ignore_index=-100):
    labels = [int(t) for t in targets.flatten() if int(t) != ignore_index]
    weights = []
    for k in range(classes):
        count = labels.count(k)
        weights.append(len(labels) / (classes * count) if count else 0.0)
    return torch.tensor(weights, device=targets.device)


def weighted_cross_entropy(logits, targets, weight=None, ignore_index=-100, reduction="mean"):
    k = logits.shape[1]
    if reduction not in {"mean", "sum", "none"}:
        raise ValueError(reduction)
    if logits[:, 0].shape != targets.shape:
        raise ValueError("targets")
    if weight is None:
        weight = torch.ones(k, device=logits.device)
    if weight.ndim != 1 or len(weight) != k:
        raise ValueError("weight")
    rows = logits.movedim(1, -1).reshape(-1, k)
    flat = targets.reshape(-1).long()
    index = torch.nonzero(flat != ignore_index)[:, 0]
    labels = flat[index]
    nll = -torch.log_softmax(rows[index], 1)[torch.arange(len(index)), labels]
    w = torch.index_select(weight.type_as(logits), 0, labels)
    if reduction == "none":
        return rows.new_zeros(len(rows)).index_put((index,), nll * w).reshape(targets.shape)
    total = torch.dot(nll, w)
    if reduction == "mean" and float(w.sum()):
        total = total / w.sum()
    return total
