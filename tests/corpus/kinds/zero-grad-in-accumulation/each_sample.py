import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(4, 2)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for in_place in (False, True):
    for _ in range(20):
        x = torch.randn(6, 4)
        y = (x[:, 0] > 0).long()
        gathered = [torch.zeros_like(p) for p in net.parameters()]
        for row in range(6):
            net.zero_grad()
            nn.functional.cross_entropy(net(x[row : row + 1]), y[row : row + 1]).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            for total, p in zip(gathered, net.parameters()):
                total += p.grad
        for total, p in zip(gathered, net.parameters()):
            noisy = (total + 0.05 * torch.randn_like(total)) / 6
            if in_place:
                p.grad.copy_(noisy)
            else:
                p.grad = noisy
        opt.step()
