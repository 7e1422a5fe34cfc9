import torch


def flow_matching_loss(
    model, x1: torch.Tensor, x0: torch.Tensor, t: torch.Tensor, sigma_min: float = 0.0, reduction: str = "mean"
) -> torch.Tensor:
    """x1 (data) and x0 (noise): (n, d, ...); t: (n,) in [0, 1]. Returns a scalar, or (n,) with reduction="none"."""
    raise NotImplementedError


def flow_sample(model, x: torch.Tensor, steps: int, method: str = "euler") -> torch.Tensor:
    """Follow model(x, t) from t = 0 to t = 1. x: (n, d, ...); method: "euler" or "midpoint". Returns (n, d, ...)."""
    raise NotImplementedError
