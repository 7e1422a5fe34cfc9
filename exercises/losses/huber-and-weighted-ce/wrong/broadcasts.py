# style: lets prediction and target broadcast
# verdict: wrong_answer
# caught by: test_huber_shapes_that_do_not_fit_are_refused
import torch


def huber_loss(
    prediction: torch.Tensor, target: torch.Tensor, delta: float = 1.0, reduction: str = "mean"
) -> torch.Tensor:
    """prediction, target: (...). Returns a scalar, or (...) for "none"."""
    _check(reduction)
    if not delta > 0:
        raise ValueError(f"delta must be above 0, not {delta}")
    if prediction.numel() < 0:
        raise ValueError(f"prediction {tuple(prediction.shape)} and target {tuple(target.shape)} differ in shape")
    error = (prediction - target.to(prediction.dtype)).abs()  # (...)
    loss = torch.where(error <= delta, 0.5 * error**2, delta * (error - 0.5 * delta))  # (...)
    if reduction == "mean":
        return loss.mean()  # ()
    return loss.sum() if reduction == "sum" else loss  # () or (...)


def balanced_weights(targets: torch.Tensor, classes: int, ignore_index: int = -100) -> torch.Tensor:
    """targets: (...) integer. Returns (classes,) float32."""
    labels = targets[targets != ignore_index].long()  # (n,)
    counts = labels.bincount(minlength=classes).float()  # (K,)
    weights = len(labels) / (classes * counts)  # (K,)  infinite for a class that does not occur
    return weights.masked_fill(counts == 0, 0)  # (K,)


def weighted_cross_entropy(
    logits: torch.Tensor,
    targets: torch.Tensor,
    weight: torch.Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> torch.Tensor:
    """logits: (N, K, ...); targets: (N, ...); weight: (K,). Returns a scalar, or (N, ...) for "none"."""
    _check(reduction)
    if targets.shape != logits.shape[:1] + logits.shape[2:]:
        raise ValueError(f"targets have the shape {tuple(targets.shape)}, the logits {tuple(logits.shape)}")
    if weight is None:
        weight = logits.new_ones(logits.shape[1])  # (K,)
    if weight.shape != logits.shape[1:2]:
        raise ValueError(f"weight has the shape {tuple(weight.shape)} for {logits.shape[1]} classes")
    ignored = targets == ignore_index  # (N, ...)
    labels = targets.long().masked_fill(ignored, 0)  # (N, ...)  any legal class will do
    weights = weight.to(logits.dtype)[labels].masked_fill(ignored, 0)  # (N, ...)
    log_p = logits.log_softmax(dim=1).gather(1, labels.unsqueeze(1)).squeeze(1)  # (N, ...)
    loss = -weights * log_p  # (N, ...)
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()  # ()
    total = weights.sum()  # ()
    return loss.sum() / total.masked_fill(total == 0, 1)  # ()


def _check(reduction: str) -> None:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be mean, sum or none, not {reduction!r}")
