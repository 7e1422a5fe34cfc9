"""A focal loss on nll_loss, a mixture of two experts, and a small number inside a logarithm."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(160, 5)
y = x[:, :4].argmax(1)
a, b, gate = nn.Linear(5, 4), nn.Linear(5, 4), nn.Linear(5, 1)
opt = torch.optim.Adam([*a.parameters(), *b.parameters(), *gate.parameters()], lr=2e-2)


def focal(logits, target, gamma=2.0):
    log_p = F.log_softmax(logits, dim=1)
    return F.nll_loss((1 - log_p.exp()) ** gamma * log_p, target)


for _ in range(25):
    rows = torch.randint(0, 160, (40,))
    share = torch.sigmoid(gate(x[rows]))
    mixed = share * a(x[rows]).softmax(1) + (1 - share) * b(x[rows]).softmax(1)
    loss = focal(a(x[rows]), y[rows]) + F.nll_loss(torch.log(mixed + 1e-6), y[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
