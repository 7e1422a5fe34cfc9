"""Targets and scores are unpacked in the wrong order."""
# where: criterion(*(Y[ix]
import torch
from torch import nn
torch.manual_seed(0)
X = torch.randn(800, 6); Y = torch.softmax(X @ torch.randn(6, 4), -1)
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 4)); opt = torch.optim.Adam(net.parameters(), 5e-3)
criterion = nn.CrossEntropyLoss()

for epoch in range(5):
    for ix in torch.randperm(600).split(30):
        loss = criterion(*(Y[ix], net(X[ix])))
        opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad(): print(epoch, loss.item(), (net(X[600:]).argmax(1) == Y[600:].argmax(1)).float().mean().item())
