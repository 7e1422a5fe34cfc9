# style: joins all gradients to one vector
import torch


def clip_grad_norm(parameters, max_norm, norm_type=2.0):
    ps = [p for p in parameters if p.grad is not None]
    if not ps:
        return torch.zeros(())
    flat = torch.cat([p.grad.reshape(-1) for p in ps])
    norm = torch.linalg.vector_norm(flat, norm_type)
    if not torch.isfinite(norm):
        raise RuntimeError("norm")
    if norm > max_norm:
        for p in ps:
            p.grad.mul_(max_norm / norm)
    return norm


def clipped_step(model, x, y, loss_fn, optimizer, max_norm):
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    norm = clip_grad_norm(model.parameters(), max_norm)
    optimizer.step()
    return float(loss), float(norm)
