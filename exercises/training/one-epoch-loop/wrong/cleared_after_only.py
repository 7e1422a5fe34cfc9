# style: clears the gradients only after each step, so what the caller left behind counts
# verdict: wrong_answer
# caught by: test_old_gradients_are_forgotten
import torch


def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train()
    total, samples = 0.0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total += loss.item() * len(x)
        samples += len(x)
    if samples == 0:
        raise ValueError("no batches")
    return total / samples
