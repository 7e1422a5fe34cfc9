# style: one anchor after the other
import torch
import torch.nn.functional as F


def _rows(z1, z2):
    if len(z1.shape) != 2 or z1.shape != z2.shape:
        raise ValueError("shapes")
    return F.normalize(torch.cat((z1, z2), 0))


def nt_xent_loss(z1, z2, temperature=0.5):
    if not (temperature > 0):
        raise ValueError("temperature")
    rows = _rows(z1, z2)
    n, total = len(z1), 0
    for i in range(2 * n):
        s = torch.mv(rows, rows[i]) / temperature
        partner = i + n if i < n else i - n
        others = torch.cat((s[:i], s[i + 1 :]))
        total = total + torch.logsumexp(others, 0) - s[partner]
    return total / (2 * n)


def retrieval_accuracy(z1, z2):
    rows = _rows(z1.detach(), z2.detach())
    n, hits = len(z1), 0
    for i in range(2 * n):
        s = torch.mv(rows, rows[i])
        s[i] = -float("inf")
        hits += int(s.argmax()) == (i + n) % (2 * n)
    return torch.tensor(hits / (2 * n), dtype=z1.dtype, device=z1.device)
