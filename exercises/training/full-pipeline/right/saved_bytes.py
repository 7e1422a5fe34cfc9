# style: a small class for stopping, the best state serialised into bytes, clipping by hand
import io
import math

import torch


class Keeper:
    def __init__(self, patience):
        self.left = self.patience = patience
        self.best = math.inf
        self.epoch = None
        self.saved = None

    def look(self, epoch, value, model):
        if value < self.best:
            self.best, self.epoch, self.left = value, epoch, self.patience
            self.saved = io.BytesIO()
            torch.save(model.state_dict(), self.saved)
        elif self.left is not None:
            self.left -= 1
        return self.left == 0


def fit(model, train_loader, val_loader, loss_fn, optimizer, epochs, scheduler=None, max_norm=None, patience=None):
    if epochs < 0:
        raise ValueError(epochs)
    if patience is not None and patience < 1:
        raise ValueError(patience)
    keeper = Keeper(patience)
    out = {"train_loss": [], "val_loss": [], "lr": []}
    for epoch in range(epochs):
        out["lr"] += [optimizer.param_groups[0]["lr"]]
        model.train()
        pairs = []
        for x, y in train_loader:
            for p in model.parameters():
                p.grad = None
            loss = loss_fn(model(x), y)
            loss.backward()
            if max_norm is not None:
                gradients = [p.grad for p in model.parameters() if p.grad is not None]
                norm = torch.stack([g.norm() for g in gradients]).norm()
                if norm > max_norm:
                    for g in gradients:
                        g *= max_norm / norm
            optimizer.step()
            pairs.append((loss.item(), len(y)))
        out["train_loss"] += [sum(a * n for a, n in pairs) / sum(n for _, n in pairs)]
        model.eval()
        with torch.inference_mode(False), torch.no_grad():
            pairs = [(loss_fn(model(x), y).item(), len(y)) for x, y in val_loader]
        out["val_loss"] += [sum(a * n for a, n in pairs) / sum(n for _, n in pairs)]
        if scheduler is not None:
            scheduler.step()
        if keeper.look(epoch, out["val_loss"][-1], model):
            break
    if keeper.saved is not None:
        keeper.saved.seek(0)
        model.load_state_dict(torch.load(keeper.saved))
    out["best_epoch"] = keeper.epoch
    return out
