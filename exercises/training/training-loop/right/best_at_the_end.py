# style: keeps a copy of the state of every epoch and picks the best one at the end
import math

import torch


def train(
    model, train_loader, val_loader, loss_fn, optimizer, epochs, scheduler=None, max_norm=None, on_epoch_end=None
):
    records, states = [], []
    stop, epoch = False, 0
    while epoch < epochs and not stop:
        lr = optimizer.param_groups[0]["lr"]
        losses = []
        for x, y in train_loader:
            model.train()
            loss = loss_fn(model(x), y)
            number = float(loss)
            if math.isnan(number) or math.isinf(number):
                raise RuntimeError("diverged")
            model.zero_grad()
            loss.backward()
            if max_norm is not None:
                torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=max_norm)
            optimizer.step()
            losses.extend([number] * x.shape[0])
        model.eval()
        val = []
        with torch.no_grad():
            for x, y in val_loader:
                val.extend([loss_fn(model(x), y).item()] * x.shape[0])
        records.append(
            {"epoch": epoch, "train_loss": sum(losses) / len(losses), "val_loss": sum(val) / len(val), "lr": lr}
        )
        states.append({k: v.clone() for k, v in model.state_dict().items()})
        if scheduler is not None:
            scheduler.step()
        stop = on_epoch_end is not None and on_epoch_end(records[-1]) is True
        epoch += 1
    valid = [r["epoch"] for r in records if not math.isnan(r["val_loss"])]
    best = min(valid, key=lambda e: records[e]["val_loss"], default=None)
    return {"history": records, "best_epoch": best, "best_state": None if best is None else states[best]}
