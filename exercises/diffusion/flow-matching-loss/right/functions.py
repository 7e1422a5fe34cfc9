# style: samples one by one, solvers as functions in a dictionary, x copied and changed in place
import torch


def _euler(model, x, t, h):
    return model(x, t)


def _midpoint(model, x, t, h):
    return model(x + model(x, t) * h / 2, t + 0.5 * h)


SOLVERS = {"euler": _euler, "midpoint": _midpoint}


def flow_matching_loss(model, x1, x0, t, sigma_min=0.0, reduction="mean"):
    if reduction != "mean" and reduction != "none":
        raise ValueError
    if x1.size() != x0.size() or t.size() != (len(x1),):
        raise ValueError
    if t.numel() and (t.min() < 0 or t.max() > 1):
        raise ValueError
    keep = 1.0 - sigma_min
    x_t = torch.empty_like(x1)
    if len(t):
        x_t = torch.stack([(b - keep * s * b) + s * a for a, b, s in zip(x1, x0, t.to(x1.dtype))])
    difference = x1 - keep * x0 - model(x_t, t)
    losses = torch.einsum("nk,nk->n", difference.flatten(1), difference.flatten(1)) / x1[0:1].numel() if len(t) else t.to(x1)
    return losses if reduction == "none" else losses.mean()


def flow_sample(model, x, steps, method="euler"):
    if method not in SOLVERS:
        raise ValueError(method)
    if not steps >= 1:
        raise ValueError(steps)
    x = x.detach().clone()
    with torch.no_grad():
        for k in range(steps):
            x += SOLVERS[method](model, x, torch.ones(len(x), dtype=x.dtype) * (k / steps), 1 / steps) / steps
    return x
