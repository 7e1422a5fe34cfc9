# style: one function for both passes, best weights kept as clones, stopping by distance to the best epoch
import torch
from torch.nn.utils import clip_grad_norm_


def run(model, loader, loss_fn, update=None):
    model.train(update is not None)
    losses, sizes = [], []
    with torch.set_grad_enabled(update is not None):
        for x, y in loader:
            loss = loss_fn(model(x), y)
            if update is not None:
                update(loss)
            losses.append(loss.detach().double())
            sizes.append(y.shape[0])
    weights = torch.tensor(sizes, dtype=torch.float64)
    return float((torch.stack(losses) * weights).sum() / weights.sum())


def fit(model, train_loader, val_loader, loss_fn, optimizer, epochs, scheduler=None, max_norm=None, patience=None):
    if epochs < 0 or (patience is not None and patience <= 0):
        raise ValueError("epochs or patience")

    def update(loss):
        model.zero_grad(set_to_none=True)
        loss.backward()
        if max_norm is not None:
            clip_grad_norm_(list(model.parameters()), max_norm)
        optimizer.step()

    train_loss, val_loss, lr, best_epoch, kept = [], [], [], None, {}
    while len(lr) < epochs:
        now = len(lr)
        lr.append(float(optimizer.param_groups[0]["lr"]))
        train_loss.append(run(model, train_loader, loss_fn, update))
        val_loss.append(run(model, val_loader, loss_fn))
        if scheduler:
            scheduler.step()
        if val_loss[-1] == val_loss[-1] and (best_epoch is None or val_loss[-1] < val_loss[best_epoch]):
            best_epoch = now
            kept = {k: v.detach().clone() for k, v in model.state_dict().items()}
        last_good = -1 if best_epoch is None else best_epoch
        if patience is not None and now - last_good >= patience:
            break
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name in kept:
                tensor.copy_(kept[name])
    return dict(train_loss=train_loss, val_loss=val_loss, lr=lr, best_epoch=best_epoch)
