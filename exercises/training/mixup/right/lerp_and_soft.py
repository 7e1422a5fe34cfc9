# style: lerp for the inputs, soft one-hot targets for the loss, two gamma draws for the weights
import torch
import torch.nn.functional as F


def sample_lam(n, alpha):
    if alpha < 0:
        raise ValueError(alpha)
    if not alpha:
        return torch.full((n,), 1.0)
    gamma = torch.distributions.Gamma(torch.full((n,), float(alpha), dtype=torch.float64), torch.tensor(1.0, dtype=torch.float64))
    a, b = gamma.sample(), gamma.sample()
    return (a / (a + b)).float()


def mix(x, lam, permutation):
    weight = lam.type_as(x)
    while weight.dim() < x.dim():
        weight = weight.unsqueeze(-1)
    return torch.lerp(x[permutation], x, weight.expand_as(x))


def mixup_loss(logits, y, lam, permutation):
    hot = torch.zeros_like(logits).scatter_(1, y.unsqueeze(1), 1.0)
    w = lam.to(logits).unsqueeze(1)
    soft = w * hot + (1 - w) * hot.index_select(0, permutation)
    return F.cross_entropy(logits, soft)
