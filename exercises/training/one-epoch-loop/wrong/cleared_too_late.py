# style: clears the gradients between backward and step
# verdict: wrong_answer
# caught by: test_one_batch_makes_one_gradient_step
import torch


def train_one_epoch(model, loader, loss_fn, optimizer, device):
    model.train()
    total, samples = 0.0, 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        loss = loss_fn(model(x), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        total += loss.item() * len(x)
        samples += len(x)
    if samples == 0:
        raise ValueError("no batches")
    return total / samples
