import torch
from torch import nn

torch.manual_seed(0)
body = nn.Sequential(nn.Linear(4, 8), nn.Sigmoid())
head = nn.Linear(8, 1)
opt = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.1)
for _ in range(30):
    x = torch.randn(16, 4)
    h = body(x)
    loss = nn.functional.mse_loss(head(h), x.sum(1, keepdim=True))
    h.data[h.data < 0.5] = 0.0
    opt.zero_grad()
    loss.backward()
    opt.step()
