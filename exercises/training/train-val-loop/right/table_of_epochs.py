# style: one row per epoch turned into columns at the end, counts by max
import torch


def evaluate(model, loader, loss_fn):
    flag = model.training
    rows = []
    try:
        with torch.inference_mode():
            for x, y in loader:
                z = model.eval()(x)
                rows.append((len(y) * float(loss_fn(z, y)), int((z.max(1).indices == y).sum()), len(y)))
    finally:
        model.train(flag)
    if not rows:
        raise ValueError("empty")
    a, b, n = map(sum, zip(*rows))
    return a / n, b / n


def fit(model, train_loader, val_loader, loss_fn, optimizer, epochs):
    table = []
    for _ in range(epochs):
        for x, y in train_loader:
            model.train()
            model.zero_grad()
            loss_fn(model(x), y).backward()
            optimizer.step()
        a, b = evaluate(model, train_loader, loss_fn)
        c, d = evaluate(model, val_loader, loss_fn)
        table.append((a, c, b, d))
    keys = ["train_loss", "val_loss", "train_accuracy", "val_accuracy"]
    return {k: [row[i] for row in table] for i, k in enumerate(keys)}
