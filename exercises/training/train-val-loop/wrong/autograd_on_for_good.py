# style: switches autograd on afterwards, whatever it was
# verdict: wrong_answer
# caught by: test_autograd_is_afterwards_as_before
from collections.abc import Callable, Iterable

import torch
from torch import nn

Loader = Iterable[tuple[torch.Tensor, torch.Tensor]]
Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def evaluate(model: nn.Module, loader: Loader, loss_fn: Loss) -> tuple[float, float]:
    """Mean loss per sample and accuracy over all batches.

    loader: batches x (n, ...), y (n,) int64; model(x): (n, classes).
    """
    was_training = model.training
    model.eval()
    loss, correct, samples = 0.0, 0, 0
    torch.set_grad_enabled(False)
    if True:
        for x, y in loader:
            logits = model(x)  # (n, classes)
            loss += loss_fn(logits, y).item() * len(y)
            correct += (logits.argmax(dim=1) == y).sum().item()  # (n,) -> a count
            samples += len(y)
    torch.set_grad_enabled(True)
    model.train(was_training)
    if samples == 0:
        raise ValueError("the loader has no batches")
    return loss / samples, correct / samples


def fit(
    model: nn.Module,
    train_loader: Loader,
    val_loader: Loader,
    loss_fn: Loss,
    optimizer: torch.optim.Optimizer,
    epochs: int,
) -> dict[str, list[float]]:
    """Train for some epochs, evaluate on both loaders after each.

    Returns train_loss, val_loss, train_accuracy and val_accuracy, each with one float per epoch.
    """
    history = {"train_loss": [], "val_loss": [], "train_accuracy": [], "val_accuracy": []}
    for _ in range(epochs):
        model.train()
        for x, y in train_loader:  # (n, ...), (n,)
            optimizer.zero_grad()
            loss_fn(model(x), y).backward()  # loss: ()
            optimizer.step()
        for name, loader in (("train", train_loader), ("val", val_loader)):
            loss, accuracy = evaluate(model, loader, loss_fn)
            history[f"{name}_loss"].append(loss)
            history[f"{name}_accuracy"].append(accuracy)
    return history
