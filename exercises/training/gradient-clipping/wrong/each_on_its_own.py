# style: clips every parameter by its own norm
# verdict: wrong_answer
# caught by: test_long_gradients_are_shortened
import torch


def clip_grad_norm(parameters, max_norm, norm_type=2.0):
    gradients = [p.grad for p in parameters if p.grad is not None]
    if not gradients:
        return torch.tensor(0.0)
    norms = torch.stack([torch.linalg.vector_norm(g, norm_type) for g in gradients])
    total = torch.linalg.vector_norm(norms, norm_type)
    if not torch.isfinite(total):
        raise RuntimeError("not finite")
    for gradient, norm in zip(gradients, norms):
        if norm > max_norm:
            gradient.mul_(max_norm / norm)
    return total


def clipped_step(model, x, y, loss_fn, optimizer, max_norm):
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    norm = clip_grad_norm(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()
