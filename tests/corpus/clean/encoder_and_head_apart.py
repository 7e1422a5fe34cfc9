"""Encoder and head are two modules that nothing holds together; evaluation each epoch."""
import torch
from torch import nn
torch.manual_seed(0)
X = torch.randn(600, 8); Y = (X @ torch.randn(8, 3)).argmax(1)
body, head = nn.Sequential(nn.Linear(8, 32), nn.ReLU()), nn.Linear(32, 3)
opt = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.05)
for epoch in range(5):
    for ix in torch.randperm(500).split(25):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(head(body(X[ix])), Y[ix])
        loss.backward()
        opt.step()
    with torch.no_grad():
        print(epoch, loss.item(), (head(body(X[500:])).argmax(1) == Y[500:]).float().mean().item())
