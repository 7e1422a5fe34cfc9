# style: grad mode set and restored by hand, counts by topk, a train() call per batch
from collections import defaultdict

import torch


def evaluate(model, loader, loss_fn):
    before = model.training
    model.eval()
    weighted, right, seen = 0.0, 0, 0
    previous = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    for x, y in loader:
        out = model(x)
        weighted += float(loss_fn(out, y)) * x.size(0)
        right += int((out.topk(1, dim=1).indices.squeeze(1) == y).sum())
        seen += x.size(0)
    torch.set_grad_enabled(previous)
    if before:
        model.train()
    if seen == 0:
        raise ValueError("empty")
    return weighted / seen, right / seen


def fit(model, train_loader, val_loader, loss_fn, optimizer, epochs):
    history = defaultdict(list, {k: [] for k in ("train_loss", "val_loss", "train_accuracy", "val_accuracy")})
    for epoch in range(epochs):
        for x, y in train_loader:
            model.train()
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
        for part, loader in zip(("train", "val"), (train_loader, val_loader)):
            numbers = evaluate(model, loader, loss_fn)
            history[part + "_loss"] += [numbers[0]]
            history[part + "_accuracy"] += [numbers[1]]
    return dict(history)
