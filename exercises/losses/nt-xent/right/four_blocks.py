# style: the four blocks of the table apart, logsumexp of a row, partners from the diagonals
import torch


def _unit(z):
    length = z.pow(2).sum(1, keepdim=True).clamp_min(1e-24).sqrt()
    return z / length


def _check(z1, z2):
    if z1.ndim != 2 or z2.ndim != 2 or z1.shape != z2.shape:
        raise ValueError("views")


def nt_xent_loss(z1, z2, temperature=0.5):
    _check(z1, z2)
    if temperature <= 0 or temperature != temperature:
        raise ValueError("temperature")
    a, b = _unit(z1), _unit(z2)
    n = len(a)
    off = torch.zeros(n, n, dtype=a.dtype, device=a.device).fill_diagonal_(float("-inf"))
    ab = a @ b.T / temperature
    aa = a @ a.T / temperature + off
    bb = b @ b.T / temperature + off
    partner = ab.diagonal()
    first = torch.cat([ab, aa], 1).logsumexp(1) - partner
    second = torch.cat([ab.T, bb], 1).logsumexp(1) - partner
    return (first.sum() + second.sum()) / (2 * n)


@torch.no_grad()
def retrieval_accuracy(z1, z2):
    _check(z1, z2)
    a, b = _unit(z1), _unit(z2)
    ab, aa, bb = a @ b.T, (a @ a.T).fill_diagonal_(-2), (b @ b.T).fill_diagonal_(-2)
    steps = torch.arange(len(a), device=a.device)
    hits = [torch.cat(pair, 1).max(1).indices == steps for pair in ((ab, aa), (ab.T, bb))]
    return torch.cat(hits).to(a.dtype).mean()
