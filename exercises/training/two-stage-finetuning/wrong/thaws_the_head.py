# style: turns every gradient of the head on
# verdict: wrong_answer
# caught by: test_frozen_with_an_old_gradient
from collections.abc import Callable, Iterable

import torch
from torch import nn


def finetune(
    model: nn.Module,
    loader: Iterable[tuple[torch.Tensor, torch.Tensor]],
    loss_fn: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    head_epochs: int,
    full_epochs: int,
    head_lr: float,
    backbone_lr: float,
    optimizer_class: type[torch.optim.Optimizer] = torch.optim.SGD,
) -> list[float]:
    """Train model.head on a frozen model.backbone, then both.

    loader: batches (x, y) with shapes (n, ...) and (n, ...); n may differ.
    loss_fn: (prediction, y) -> scalar, the mean over the batch.
    Returns the mean loss per sample of each epoch.
    """
    if head_epochs < 0 or full_epochs < 0:
        raise ValueError("a number of epochs cannot be negative")
    head = {"params": list(model.head.parameters()), "lr": head_lr}
    backbone = {"params": list(model.backbone.parameters()), "lr": backbone_lr}
    flags = [(p, p.requires_grad) for p in model.backbone.parameters()]
    losses = []
    try:
        model.backbone.requires_grad_(False)
        model.head.requires_grad_(True)
        optimizer = optimizer_class([head])
        for _ in range(head_epochs):
            model.train()
            model.backbone.eval()  # no new statistics, no dropout
            losses.append(_train_one_epoch(model, loader, loss_fn, optimizer))
    finally:
        for parameter, trainable in flags:
            parameter.requires_grad = trainable
    optimizer = optimizer_class([head, backbone])  # without the averages of stage 1
    for _ in range(full_epochs):
        model.train()
        losses.append(_train_one_epoch(model, loader, loss_fn, optimizer))
    return losses


def _train_one_epoch(model, loader, loss_fn, optimizer) -> float:
    total, samples = 0.0, 0
    for x, y in loader:  # (n, ...), (n, ...)
        model.zero_grad()  # also the gradients of what no optimizer has
        loss = loss_fn(model(x), y)  # ()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        samples += len(x)
    if samples == 0:
        raise ValueError("the loader has no batch")
    return total / samples
