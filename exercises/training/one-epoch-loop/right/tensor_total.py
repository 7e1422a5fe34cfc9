# style: the total stays a detached tensor until the end; gradients are cleared after the step and once before
import torch


def train_one_epoch(model, loader, loss_fn, optimizer, device):
    device = torch.device(device)
    model.train(True)
    model.zero_grad(set_to_none=True)
    optimizer.zero_grad(set_to_none=True)
    total = torch.zeros((), device=device, dtype=torch.float64)
    count = 0
    for batch in loader:
        inputs, targets = (part.to(device, non_blocking=True) for part in batch)
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        total += loss.detach() * inputs.shape[0]
        count += inputs.shape[0]
    if not count:
        raise ValueError("empty loader")
    return (total / count).item()
