# style: adds up the loss tensors with their graphs
# verdict: wrong_answer
# caught by: test_no_graph_outlives_its_batch
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
        total += loss * len(x)
        samples += len(x)
    if samples == 0:
        raise ValueError("no batches")
    return float(total) / samples
