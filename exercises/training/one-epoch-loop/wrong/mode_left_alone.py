# style: relies on the model being in training mode
# verdict: wrong_answer
# caught by: test_model_trains_in_training_mode
import torch


def train_one_epoch(model, loader, loss_fn, optimizer, device):
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
    return total / samples
