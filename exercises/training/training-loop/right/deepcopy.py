# style: one function for both kinds of pass, deepcopy of the state, best chosen by comparing with None
import contextlib
from copy import deepcopy

import torch
from torch.nn.utils import clip_grad_norm_


def _run(model, loader, loss_fn, optimizer=None, max_norm=None):
    training = optimizer is not None
    model.train(training)
    sums = []
    with contextlib.nullcontext() if training else torch.inference_mode():
        for inputs, targets in loader:
            loss = loss_fn(model(inputs), targets)
            if training:
                if not torch.isfinite(loss):
                    raise RuntimeError("loss is not finite")
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                if max_norm:
                    clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], max_norm)
                optimizer.step()
            sums.append((loss.detach().double() * inputs.size(0), inputs.size(0)))
    return (sum(s for s, _ in sums) / sum(n for _, n in sums)).item()


def train(
    model, train_loader, val_loader, loss_fn, optimizer, epochs, scheduler=None, max_norm=None, on_epoch_end=None
):
    out = {"history": [], "best_epoch": None, "best_state": None}
    best = None
    for epoch in range(epochs):
        record = dict(epoch=epoch, lr=optimizer.param_groups[0]["lr"])
        record["train_loss"] = _run(model, train_loader, loss_fn, optimizer, max_norm)
        record["val_loss"] = value = _run(model, val_loader, loss_fn)
        if value == value and (best is None or value < best):
            best = value
            out.update(best_epoch=epoch, best_state=deepcopy(model.state_dict()))
        if scheduler:
            scheduler.step()
        out["history"].append(record)
        if on_epoch_end and on_epoch_end(record) is True:
            return out
    return out
