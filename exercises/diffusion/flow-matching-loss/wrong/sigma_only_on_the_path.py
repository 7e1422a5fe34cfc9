# style: forgets sigma_min in the velocity
# verdict: wrong_answer
# caught by: test_loss
import torch


def flow_matching_loss(
    model, x1: torch.Tensor, x0: torch.Tensor, t: torch.Tensor, sigma_min: float = 0.0, reduction: str = "mean"
) -> torch.Tensor:
    """x1 (data) and x0 (noise): (n, d, ...); t: (n,) in [0, 1]. Returns a scalar, or (n,) with reduction="none"."""
    if reduction not in ("mean", "none"):
        raise ValueError(f"reduction must be mean or none, not {reduction!r}")
    if x0.shape != x1.shape:
        raise ValueError(f"x0 has shape {tuple(x0.shape)}, x1 {tuple(x1.shape)}")
    if t.shape != x1.shape[:1]:
        raise ValueError(f"t must have shape {tuple(x1.shape[:1])}, not {tuple(t.shape)}")
    if ((t < 0) | (t > 1)).any():
        raise ValueError("times go from 0 to 1")
    time = t.reshape(-1, *[1] * (x1.dim() - 1))  # (n, 1, ..., 1)
    x_t = (1 - (1 - sigma_min) * time).to(x1.dtype) * x0 + time.to(x1.dtype) * x1  # (n, d, ...)
    velocity = x1 - x0  # (n, d, ...)
    squares = (model(x_t, t) - velocity) ** 2  # (n, d, ...)
    if reduction == "none":
        return squares.flatten(1).mean(1)  # (n,)
    return squares.mean()  # ()


@torch.no_grad()
def flow_sample(model, x: torch.Tensor, steps: int, method: str = "euler") -> torch.Tensor:
    """Follow model(x, t) from t = 0 to t = 1. x: (n, d, ...); method: "euler" or "midpoint". Returns (n, d, ...)."""
    if method not in ("euler", "midpoint"):
        raise ValueError(f"method must be euler or midpoint, not {method!r}")
    if steps < 1:
        raise ValueError(f"steps must be at least 1, not {steps}")
    h = 1 / steps
    for step in range(steps):
        t = x.new_full((len(x),), step * h)  # (n,)
        velocity = model(x, t)  # (n, d, ...)
        if method == "midpoint":
            velocity = model(x + h / 2 * velocity, t + h / 2)  # (n, d, ...)
        x = x + h * velocity  # (n, d, ...)
    return x
