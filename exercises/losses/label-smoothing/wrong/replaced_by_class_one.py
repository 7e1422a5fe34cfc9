# style: replaces ignored labels by class 1, which need not exist
# verdict: runtime_error
# caught by: test_single_class
import torch


def smooth_labels(targets: torch.Tensor, classes: int, smoothing: float = 0.1) -> torch.Tensor:
    """targets: (...) integer. Returns (..., classes) float32."""
    _check(smoothing)
    labels = targets.long().unsqueeze(-1)  # (..., 1)
    even = torch.full((*targets.shape, classes), smoothing / classes, device=targets.device)  # (..., classes)
    return even.scatter(-1, labels, 1 - smoothing + smoothing / classes)  # (..., classes)


def label_smoothing_loss(
    logits: torch.Tensor,
    targets: torch.Tensor,
    smoothing: float = 0.1,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> torch.Tensor:
    """logits: (N, K, ...); targets: (N, ...). Returns a scalar, or (N, ...) for "none"."""
    _check(smoothing)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be mean, sum or none, not {reduction!r}")
    if targets.shape != logits.shape[:1] + logits.shape[2:]:
        raise ValueError(f"targets have the shape {tuple(targets.shape)}, the logits {tuple(logits.shape)}")
    ignored = targets == ignore_index  # (N, ...)
    labels = targets.long().masked_fill(ignored, 1)  # (N, ...)
    log_p = logits.log_softmax(dim=1)  # (N, K, ...)
    of_label = -log_p.gather(1, labels.unsqueeze(1)).squeeze(1)  # (N, ...)
    of_all = -log_p.mean(dim=1)  # (N, ...)
    loss = (1 - smoothing) * of_label + smoothing * of_all  # (N, ...)
    loss = loss.masked_fill(ignored, 0)  # (N, ...)
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()  # ()
    return loss.sum() / (~ignored).sum().clamp(min=1)  # ()


def _check(smoothing: float) -> None:
    if not 0 <= smoothing <= 1:
        raise ValueError(f"smoothing must lie between 0 and 1, not {smoothing}")
