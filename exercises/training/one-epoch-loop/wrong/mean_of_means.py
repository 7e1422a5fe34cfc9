# style: averages the batch means, whatever the batch sizes
# verdict: wrong_answer
# caught by: test_mean_loss_per_sample
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
        total += loss.item()
        samples += 1
    if samples == 0:
        raise ValueError("no batches")
    return total / samples
