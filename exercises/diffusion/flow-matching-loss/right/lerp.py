# style: torch.lerp towards data that carries sigma_min of noise, generator of times, mse_loss
import torch
import torch.nn.functional as F


def flow_matching_loss(model, x1, x0, t, sigma_min=0.0, reduction="mean"):
    if reduction not in {"mean", "none"}:
        raise ValueError(reduction)
    if x1.shape != x0.shape or t.ndim != 1 or t.numel() != x1.shape[0]:
        raise ValueError("shapes")
    if not bool(torch.all((t >= 0) & (t <= 1))):
        raise ValueError("times")
    end = x1 + sigma_min * x0
    weight = t.to(x1.dtype)[(...,) + (None,) * (x1.ndim - 1)]
    error = F.mse_loss(model(torch.lerp(x0, end, weight), t), end - x0, reduction="none")
    error = error.mean(dim=list(range(1, error.ndim)))
    return error if reduction == "none" else error.sum() / len(error)


def flow_sample(model, x, steps, method="euler"):
    if steps <= 0 or method not in ("midpoint", "euler"):
        raise ValueError((steps, method))
    with torch.no_grad():
        grid = torch.linspace(0, 1, 2 * steps + 1, dtype=x.dtype, device=x.device)
        for begin, middle, end in zip(grid[0::2], grid[1::2], grid[2::2]):
            v = model(x, begin.expand(x.shape[0]))
            if method == "midpoint":
                v = model(x + (middle - begin) * v, middle.expand(x.shape[0]))
            x = torch.add(x, v * (end - begin))
    return x
