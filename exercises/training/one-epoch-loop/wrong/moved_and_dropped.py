# style: moves the batch and throws the moved tensors away
# verdict: runtime_error
# caught by: test_batches_are_moved
import torch


def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train()
    total, samples = 0.0, 0
    for x, y in loader:
        x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        samples += len(x)
    if samples == 0:
        raise ValueError("no batches")
    return total / samples
