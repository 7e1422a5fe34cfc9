# style: scales by a norm of NaN or infinity
# verdict: wrong_answer
# caught by: test_broken_gradients_are_refused
import torch


def clip_grad_norm(parameters, max_norm, norm_type=2.0):
    gradients = [p.grad for p in parameters if p.grad is not None]
    if not gradients:
        return torch.tensor(0.0)
    norms = torch.stack([torch.linalg.vector_norm(g, norm_type) for g in gradients])
    total = torch.linalg.vector_norm(norms, norm_type)
    if total > max_norm:
        for gradient in gradients:
            gradient.mul_(max_norm / total)
    return total


def clipped_step(model, x, y, loss_fn, optimizer, max_norm):
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    norm = clip_grad_norm(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()
