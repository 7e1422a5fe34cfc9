"""Active learning: rounds that pick the most uncertain rows by MC dropout, and train on from where it stood."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import ConcatDataset, DataLoader, Subset, TensorDataset


def enable_dropout(model):
    model.eval()
    for m in model.modules():
        if isinstance(m, nn.Dropout):
            m.train()


def entropies(model, x, samples=5):
    enable_dropout(model)
    with torch.no_grad():
        p = torch.stack([model(x).softmax(-1) for _ in range(samples)]).mean(0)
    return -(p * p.clamp_min(1e-9).log()).sum(-1)


torch.manual_seed(5)
np.random.seed(5)
x = torch.randn(400, 5)
y = ((x[:, 0] > 0) ^ (x[:, 1] > 0)).long()
pool_x, pool_y, test_x, test_y = x[:300], y[:300], x[300:], y[300:]
pool = TensorDataset(pool_x, pool_y)
labelled = np.random.choice(300, 30, replace=False).tolist()
model = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Dropout(0.3), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
extra = []
for round_ in range(4):
    chosen = ConcatDataset([Subset(pool, labelled), *extra])
    for epoch in range(5):
        model.train()
        for xb, yb in DataLoader(chosen, batch_size=15, shuffle=True):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(xb), yb).backward()
            optimizer.step()
    model.eval()
    with torch.no_grad():
        acc = (model(test_x).argmax(-1) == test_y).float().mean().item()
    print(f"round {round_}: {len(chosen)} labels, accuracy {acc:.3f}")
    rest = np.setdiff1d(np.arange(300), labelled)
    worst = entropies(model, pool_x[rest]).topk(15).indices.numpy()
    labelled += rest[worst].tolist()
