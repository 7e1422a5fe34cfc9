"""Transfer learning in two phases with a new optimizer, layer-wise learning rates and ReduceLROnPlateau."""
import copy

import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset, Subset

torch.manual_seed(99)


def backbone():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 12, 3, padding=1), nn.BatchNorm2d(12), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(),
    )


def stripes(n, kinds):
    x = 0.3 * torch.randn(n, 1, 8, 8)
    y = torch.randint(kinds, (n,))
    for i, k in enumerate(y.tolist()):
        if k % 2:
            x[i, :, :, k::4] += 1
        else:
            x[i, :, k::4, :] += 1
    return TensorDataset(x, y)


def run_epoch(model, loader, criterion, optimizer=None):
    is_train = optimizer is not None
    model.train(is_train)
    total = hits = count = 0
    with torch.set_grad_enabled(is_train):
        for x, y in loader:
            out = model(x)
            loss = criterion(out, y)
            if is_train:
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total += loss.item() * x.size(0)
            hits += (out.argmax(1) == y).sum().item()
            count += x.size(0)
    return total / count, hits / count


criterion = nn.CrossEntropyLoss()
source = stripes(160, 4)
model = nn.Sequential(backbone(), nn.Linear(48, 4))
optimizer = optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(2):
    print("pretrain", run_epoch(model, DataLoader(source, 32, shuffle=True), criterion, optimizer))

data = stripes(120, 3)
train_loader = DataLoader(Subset(data, range(90)), batch_size=15, shuffle=True)
val_loader = DataLoader(Subset(data, range(90, 120)), batch_size=30)

# phase 1: only the new head
model[1] = nn.Linear(48, 3)
for p in model[0].parameters():
    p.requires_grad = False
optimizer = optim.Adam(model[1].parameters(), lr=5e-3)
for epoch in range(3):
    model[0].eval()
    for x, y in train_loader:
        with torch.no_grad():
            features = model[0](x)
        loss = criterion(model[1](features), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("head", run_epoch(model, val_loader, criterion))

# phase 2: everything, slower towards the input
for p in model.parameters():
    p.requires_grad = True
optimizer = optim.SGD(
    [{"params": model[0][:4].parameters(), "lr": 1e-3}, {"params": model[0][4:].parameters(), "lr": 5e-3}, {"params": model[1].parameters()}],
    lr=1e-2, momentum=0.9,
)
scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
best, best_state = float("inf"), None
for epoch in range(4):
    run_epoch(model, train_loader, criterion, optimizer)
    val_loss, val_acc = run_epoch(model, val_loader, criterion)
    scheduler.step(val_loss)
    if val_loss < best:
        best, best_state = val_loss, copy.deepcopy(model.state_dict())
    print("all", round(val_loss, 3), round(val_acc, 3))
model.load_state_dict(best_state)
