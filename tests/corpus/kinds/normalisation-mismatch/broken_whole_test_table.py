"""The whole test table in one call, and nobody standardised it."""
import torch, torch.nn as nn
torch.manual_seed(0)
x = torch.randn(500, 6) * torch.tensor([1., 5, 20, 1, 3, 8]) + torch.tensor([10., 0, 50, -3, 2, 0])
y = ((x[:, 2] - 50) / 20 + (x[:, 1]) / 5 > 0).long()
xtr, ytr, xte, yte = x[:400], y[:400], x[400:], y[400:]
mean, std = xtr.mean(0), xtr.std(0)
xtr = (xtr - mean) / std
net = nn.Sequential(nn.Linear(6, 32), nn.ReLU(), nn.Linear(32, 2)); opt = torch.optim.Adam(net.parameters(), 5e-3)
for ep in range(5):
    for i in torch.randperm(400).split(40):
        opt.zero_grad(); loss = nn.functional.cross_entropy(net(xtr[i]), ytr[i]); loss.backward(); opt.step()
    with torch.no_grad():
        acc = (net(xte).argmax(1) == yte).float().mean()
    print(ep, loss.item(), acc.item())
