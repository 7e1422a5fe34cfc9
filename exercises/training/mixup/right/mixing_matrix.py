# style: a mixing matrix for the inputs, scattered soft targets, Dirichlet draws
import torch


def sample_lam(n, alpha):
    if alpha < 0:
        raise ValueError("alpha")
    if not alpha:
        return torch.full((n,), 1.0)
    d = torch.distributions.Dirichlet(torch.full((n, 2), float(alpha)))
    return d.sample()[:, 0].float()


def mix(x, lam, permutation):
    p = torch.diag(lam.to(x.dtype)) + (1 - lam.to(x.dtype))[:, None] * torch.eye(len(x), dtype=x.dtype)[permutation]
    return (p @ x.reshape(len(x), -1)).reshape(x.shape)


def mixup_loss(logits, y, lam, permutation):
    lam = lam.to(logits)
    nll = -logits.log_softmax(1)
    r = torch.arange(len(y))
    t = torch.zeros_like(logits)
    t.index_put_((r, y), lam, accumulate=True)
    t.index_put_((r, y[permutation]), 1 - lam, accumulate=True)
    return (nll * t).sum() / len(y)
