# style: a sum that grows parameter by parameter, Gram entry by entry, one sample after the other
import torch


def elastic_net(model, l1=0.0, l2=0.0):
    if l1 < 0 or l2 < 0:
        raise ValueError((l1, l2))
    total = None
    for p in model.parameters():
        if p.ndim < 2 or not p.requires_grad:
            continue
        term = l1 * torch.sum(torch.abs(p)) + 0.5 * l2 * torch.sum(p**2)
        total = term if total is None else total + term
    return torch.tensor(0.0) if total is None else total


def orthogonality(weight):
    if len(weight.shape) < 2:
        raise ValueError(weight.shape)
    w = torch.flatten(weight, start_dim=1)
    vectors = w.unbind(0) if w.shape[0] <= w.shape[1] else w.unbind(1)
    total = weight.new_zeros(())
    for i, a in enumerate(vectors):
        for j, b in enumerate(vectors):
            total = total + (torch.dot(a, b) - float(i == j)) ** 2
    return total


def gradient_penalty(critic, x, target=1.0):
    costs = []
    for sample in x.detach():
        leaf = sample.unsqueeze(0).clone().requires_grad_(True)
        score = critic(leaf)
        if list(score.shape) not in ([1], [1, 1]):
            raise ValueError(score.shape)
        (slope,) = torch.autograd.grad(score.reshape(()), leaf, create_graph=True)
        costs.append((slope.norm() - target) ** 2)
    return sum(costs) / len(costs)
