# where: with_logits(p
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as with_logits

torch.manual_seed(2)
x = torch.randn(200, 4)
y = (x[:, 0] * x[:, 1] > 0).float()
body = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.SGD(body.parameters(), lr=0.3, momentum=0.9)


def train_step(rows):
    opt.zero_grad()
    p = torch.sigmoid(body(x[rows])).clamp(1e-4, 1 - 1e-4)
    loss = with_logits(p[:, 0], y[rows])
    loss.backward()
    opt.step()
    return loss.detach()


for epoch in range(8):
    history = [train_step(rows) for rows in torch.randperm(200).split(25)]
print(torch.stack(history).mean())
