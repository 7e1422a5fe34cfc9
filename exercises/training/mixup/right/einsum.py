# style: einsum for the weights, log_softmax and gather for the loss
import torch


def sample_lam(n, alpha):
    if alpha < 0:
        raise ValueError("alpha")
    return torch.distributions.Dirichlet(torch.tensor([alpha, alpha])).sample((n,))[:, 0] if alpha > 0 else torch.ones(n)


def mix(x, lam, permutation):
    weight = lam.to(x.dtype)
    partners = torch.index_select(x, 0, permutation)
    return torch.einsum("n,n...->n...", weight, x) + torch.einsum("n,n...->n...", 1 - weight, partners)


def mixup_loss(logits, y, lam, permutation):
    log_p = torch.log_softmax(logits, dim=-1)
    both = torch.stack([y, y[permutation]], dim=1)
    picked = log_p.gather(1, both)
    weights = torch.stack([lam, 1 - lam], dim=1).to(logits.dtype)
    return -(picked * weights).sum() / len(y)
