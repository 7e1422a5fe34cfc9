# style: divides by the size of the whole dataset, although the loader may leave samples out
# verdict: wrong_answer
# caught by: test_loader_that_leaves_samples_out
import torch


def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train()
    total, samples = 0.0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        total += loss.item() * len(x)
        samples += len(x)
    if samples == 0:
        raise ValueError("no batches")
    return total / len(loader.dataset) if hasattr(loader, "dataset") else total / samples
