# style: gives a row similarity 0 to itself
# verdict: wrong_answer
# caught by: test_partner_may_point_away
import torch


def _norm(z):
    n = torch.linalg.vector_norm(z, dim=1, keepdim=True)
    return z / torch.where(n == 0, torch.ones_like(n), n)


def _sims(z1, z2):
    if z1.shape != z2.shape or z1.dim() != 2:
        raise ValueError("views")
    z = torch.cat([_norm(z1), _norm(z2)])
    return z @ z.T


def nt_xent_loss(z1, z2, temperature=0.5):
    if not temperature > 0:
        raise ValueError("temperature")
    s = _sims(z1, z2) / temperature
    n = len(z1)
    pos = torch.cat([s.diagonal(n), s.diagonal(-n)])
    return (s.masked_fill(torch.eye(2 * n, dtype=torch.bool), -torch.inf).logsumexp(1) - pos).mean()


def retrieval_accuracy(z1, z2):
    with torch.no_grad():
        s = _sims(z1, z2)
        n = len(z1)
        s.fill_diagonal_(0)
        return (s.argmax(1) == torch.arange(2 * n).roll(n)).to(z1.dtype).mean()
