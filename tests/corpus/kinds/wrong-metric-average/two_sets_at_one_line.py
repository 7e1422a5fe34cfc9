import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(130, 4), torch.randint(0, 2, (130,))
train = [(x[i : i + 20], y[i : i + 20]) for i in range(0, 100, 20)]
val = [(x[100:], y[100:])]
model = nn.Linear(4, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)


def accuracy(batches):
    with torch.no_grad():
        hits = sum((model(a).argmax(1) == b).sum().item() for a, b in batches)
    return hits / sum(len(b) for _, b in batches)


for epoch in range(5):
    for a, b in train:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(a), b).backward()
        optimizer.step()
    train_accuracy, val_accuracy = accuracy(train), accuracy(val)
    print(f"train {train_accuracy:.4f} val {val_accuracy:.4f}")
