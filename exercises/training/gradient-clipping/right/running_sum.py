# style: a running sum of powers, copy_ under no_grad, gradients found through the optimizer's groups
import torch


def clip_grad_norm(parameters, max_norm, norm_type=2.0):
    parameters = [p for p in parameters if p.grad is not None]
    with torch.no_grad():
        total = torch.zeros((), dtype=parameters[0].grad.dtype if parameters else torch.float32)
        for p in parameters:
            size = p.grad.abs()
            if norm_type == float("inf"):
                total = torch.maximum(total, size.max())
            else:
                total = total + (size**norm_type).sum()
        if norm_type != float("inf"):
            total = total ** (1 / norm_type)
        if not bool(torch.isfinite(total)):
            raise RuntimeError("gradient norm is not finite")
        if float(total) > max_norm:
            for p in parameters:
                p.grad.copy_(p.grad / total * max_norm)
    return total


def clipped_step(model, x, y, loss_fn, optimizer, max_norm):
    optimizer.zero_grad(set_to_none=False)
    loss = loss_fn(model(x), y)
    loss.backward()
    norm = clip_grad_norm((p for g in optimizer.param_groups for p in g["params"]), max_norm)
    optimizer.step()
    return loss.item(), norm.item()
