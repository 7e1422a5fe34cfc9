"""A Huber loss of its own takes a column of predictions and a row of targets."""
# where: err = (p - t).abs()
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
def huber(p, t, d=1.0):
    err = (p - t).abs()
    return torch.where(err < d, 0.5 * err ** 2, d * (err - 0.5 * d)).mean()
X = torch.randn(600, 5); Y = X[:, 0] * 2 - X[:, 1] * X[:, 2]
dl = DataLoader(TensorDataset(X[:480], Y[:480]), 32, shuffle=True)
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), 1e-2)
for epoch in range(6):
    for x, y in dl:
        loss = huber(net(x), y)
        opt.zero_grad(); loss.backward(); opt.step()
    with torch.no_grad():
        print(epoch, loss.item(), (net(X[480:]).flatten() - Y[480:]).abs().mean().item())
