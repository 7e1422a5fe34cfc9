# style: one function for both passes, a new history list per epoch, NaN found by comparing with itself
import torch
from torch import nn


def train(
    model, train_loader, val_loader, loss_fn, optimizer, epochs, scheduler=None, max_norm=None, on_epoch_end=None
):
    out = dict(history=[], best_epoch=None, best_state=None)
    params = [p for g in optimizer.param_groups for p in g["params"]]

    def go(loader, learn):
        with torch.set_grad_enabled(learn):
            model.train(learn)
            pairs = []
            for x, y in loader:
                l = loss_fn(model(x), y)
                if learn:
                    if not torch.isfinite(l.detach()):
                        raise RuntimeError("loss")
                    model.zero_grad(set_to_none=False)
                    l.backward()
                    if max_norm is not None:
                        nn.utils.clip_grad_norm_(params, max_norm)
                    optimizer.step()
                pairs.append((l.detach().double() * x.size(0), x.size(0)))
        return float(sum(a for a, _ in pairs)) / sum(b for _, b in pairs)

    e = 0
    while e < epochs:
        rate = float(optimizer.param_groups[0]["lr"])
        rec = {"epoch": e, "train_loss": go(train_loader, True), "val_loss": go(val_loader, False), "lr": rate}
        out["history"] = out["history"] + [rec]
        v = rec["val_loss"]
        if v == v and (out["best_epoch"] is None or v < out["history"][out["best_epoch"]]["val_loss"]):
            out["best_epoch"] = e
            out["best_state"] = {k: torch.empty_like(t).copy_(t) for k, t in model.state_dict().items()}
        scheduler and scheduler.step()
        e += 1
        if on_epoch_end and on_epoch_end(rec) is True:
            e = epochs
    return out
