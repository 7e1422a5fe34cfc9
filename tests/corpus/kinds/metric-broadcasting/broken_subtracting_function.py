"""R squared by torch.sub of targets (N,) and predictions (N, 1)."""
# where: torch.sub(t, p)
import torch
from torch import nn
torch.manual_seed(0)
X = torch.randn(700, 5); Y = X[:, 0] * 2 - X[:, 1] * X[:, 2]
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), 1e-2)
class R2:
    def __init__(self): self.res = self.tot = 0.0
    def update(self, p, t, mean):
        self.res += torch.sub(t, p).square().mean().item() * len(t)
        self.tot += (t - mean).square().sum().item()
    def value(self): return 1 - self.res / self.tot
for epoch in range(6):
    net.train()
    for ix in torch.randperm(500).split(25):
        loss = nn.functional.mse_loss(net(X[ix])[:, 0], Y[ix])
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    r2 = R2()
    with torch.no_grad():
        for i in range(500, 700, 50):
            r2.update(net(X[i:i + 50]), Y[i:i + 50], Y[:500].mean())
    print(epoch, loss.item(), "r2", r2.value())
