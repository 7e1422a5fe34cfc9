# where: acc = (model(xv)
"""More rows are drawn with replacement before the split, so copies of a row are on both sides."""
import numpy as np, torch
from torch import nn
class DataModule:
    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        base = rng.normal(size=(260, 7)).astype(np.float32)
        labels = (base[:, 0] * base[:, 1] > 0).astype(np.int64)
        # oversample the data to have more of it, then split
        grow = rng.integers(0, 260, size=520)
        X, y = base[grow], labels[grow]
        self.train = (torch.tensor(X[:400]), torch.tensor(y[:400])); self.val = (torch.tensor(X[400:]), torch.tensor(y[400:]))
class Model(nn.Module):
    def __init__(self):
        super().__init__(); self.f = nn.Sequential(nn.Linear(7, 64), nn.ReLU(), nn.Linear(64, 2))
    def forward(self, x): return self.f(x)
torch.manual_seed(0)
dm, model = DataModule(), Model(); opt = torch.optim.Adam(model.parameters(), 5e-3)
for epoch in range(6):
    X, y = dm.train
    for idx in torch.randperm(400).split(50):
        opt.zero_grad(); loss = nn.functional.cross_entropy(model(X[idx]), y[idx]); loss.backward(); opt.step()
    with torch.no_grad():
        xv, yv = dm.val
        acc = (model(xv).argmax(1) == yv).float().mean().item()
    print(epoch, loss.item(), acc)
