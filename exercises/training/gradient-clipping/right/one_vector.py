# style: lays the gradients end to end and scales by a clamped factor, with a small constant
import math

import torch


def clip_grad_norm(parameters, max_norm, norm_type=2.0):
    grads = []
    for p in parameters:
        if p.grad is not None:
            grads.append(p.grad)
    if len(grads) == 0:
        return torch.zeros(())
    flat = torch.cat([g.detach().flatten() for g in grads]).abs()
    total = flat.max() if norm_type == math.inf else flat.pow(norm_type).sum().pow(1.0 / norm_type)
    if total.isnan() or total.isinf():
        raise RuntimeError("non-finite gradients")
    factor = torch.clamp(max_norm / (total + 1e-6), max=1.0)
    for g in grads:
        g *= factor
    return total


def clipped_step(model, x, y, loss_fn, optimizer, max_norm):
    model.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    norm = clip_grad_norm(model.parameters(), max_norm)
    optimizer.step()
    return float(loss), float(norm)
