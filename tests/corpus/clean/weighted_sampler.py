"""Rare positives: a weighted sampler balances the batches, recall is measured on data as it is."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, WeightedRandomSampler

torch.manual_seed(22)


def make(n):
    y = (torch.rand(n) < 0.1).long()
    x = torch.randn(n, 4) + y.unsqueeze(1) * 1.5
    return TensorDataset(x, y)


def class_weights(y):
    counts = torch.bincount(y, minlength=2).float()
    return (1.0 / counts)[y]


train, valid = make(500), make(200)
sampler = WeightedRandomSampler(class_weights(train.tensors[1]), num_samples=len(train), replacement=True)
train_loader = DataLoader(train, batch_size=50, sampler=sampler)
valid_loader = DataLoader(valid, batch_size=100, shuffle=False)

clf = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(clf.parameters(), lr=1e-2)
criterion = nn.CrossEntropyLoss()

for epoch in range(5):
    clf.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(clf(x), y)
        loss.backward()
        optimizer.step()

    clf.eval()
    tp = fn = fp = 0
    with torch.no_grad():
        for x, y in valid_loader:
            predicted = clf(x).argmax(dim=-1)
            tp += int(((predicted == 1) & (y == 1)).sum())
            fn += int(((predicted == 0) & (y == 1)).sum())
            fp += int(((predicted == 1) & (y == 0)).sum())
    print(f"epoch {epoch} recall {tp / max(1, tp + fn):.2f} precision {tp / max(1, tp + fp):.2f}")
