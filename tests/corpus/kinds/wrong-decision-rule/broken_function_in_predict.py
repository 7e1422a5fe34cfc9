"""Logits are held against one half by a function, in a method that the evaluation calls."""
# where: torch.gt(self(x), thr)
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
X = torch.randn(800, 6); Y = (X[:, 0] + X[:, 1] * X[:, 2] > .2).float()
tl, vl = DataLoader(TensorDataset(X[:600], Y[:600]), 30, shuffle=True), DataLoader(TensorDataset(X[600:], Y[600:]), 50)
class Net(nn.Module):
    def __init__(self): super().__init__(); self.f = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Linear(64, 1))
    def forward(self, x): return self.f(x).squeeze(-1)
    def predict(self, x, thr=0.5): return torch.gt(self(x), thr).float()
net = Net(); opt = torch.optim.Adam(net.parameters(), 5e-3); crit = nn.BCEWithLogitsLoss()
for epoch in range(6):
    net.train()
    for x, y in tl:
        loss = crit(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
    net.eval()
    with torch.no_grad(): print(epoch, loss.item(), sum(net.predict(x).eq(y).sum().item() for x, y in vl) / 200)
