# style: the diagonal taken out of the table, labels moved accordingly
import torch
from torch.nn.functional import log_softmax


def _table(z1, z2):
    if z1.dim() != 2 or z1.shape != z2.shape:
        raise ValueError((z1.shape, z2.shape))
    z = torch.vstack((z1, z2))
    norm = torch.linalg.vector_norm(z, dim=1, keepdim=True)
    z = z / torch.where(norm == 0, torch.ones_like(norm), norm)
    count = z.shape[0]
    table = torch.mm(z, z.T)
    others = ~torch.eye(count, dtype=torch.bool, device=z.device)
    return table[others].view(count, count - 1)


def _answers(n, device):
    return torch.cat((torch.arange(n - 1, 2 * n - 1, device=device), torch.arange(n, device=device)))


def nt_xent_loss(z1, z2, temperature=0.5):
    if not temperature > 0:
        raise ValueError(temperature)
    log_p = log_softmax(_table(z1, z2) / temperature, 1)
    return -log_p.gather(1, _answers(len(z1), z1.device).unsqueeze(1)).mean()


def retrieval_accuracy(z1, z2):
    table = _table(z1.detach(), z2.detach())
    return (table.argmax(1) == _answers(len(z1), z1.device)).sum().to(z1.dtype) / (2 * len(z1))
