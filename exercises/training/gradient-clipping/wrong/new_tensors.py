# style: puts new tensors into .grad
# verdict: wrong_answer
# caught by: test_gradients_change_in_place
import torch


def clip_grad_norm(parameters, max_norm, norm_type=2.0):
    parameters = [p for p in parameters if p.grad is not None]
    gradients = [p.grad for p in parameters]
    if not gradients:
        return torch.tensor(0.0)
    norms = torch.stack([torch.linalg.vector_norm(g, norm_type) for g in gradients])
    total = torch.linalg.vector_norm(norms, norm_type)
    if not torch.isfinite(total):
        raise RuntimeError("not finite")
    if total > max_norm:
        for p in parameters:
            p.grad = p.grad * (max_norm / total)
    return total


def clipped_step(model, x, y, loss_fn, optimizer, max_norm):
    optimizer.zero_grad()
    loss = loss_fn(model(x), y)
    loss.backward()
    norm = clip_grad_norm(model.parameters(), max_norm)
    optimizer.step()
    return loss.item(), norm.item()
