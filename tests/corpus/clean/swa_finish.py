"""Stochastic weight averaging: AveragedModel, SWALR, update_bn before the averaged model is measured."""
import torch
from torch import nn
from torch.optim.swa_utils import SWALR, AveragedModel, update_bn
from torch.utils.data import DataLoader, TensorDataset


def evaluate(net, loader, loss_fn):
    net.eval()
    total, correct = 0.0, 0
    with torch.inference_mode():
        for inputs, targets in loader:
            out = net(inputs)
            total += loss_fn(out, targets).item() * targets.numel()
            correct += out.argmax(dim=-1).eq(targets).sum().item()
    return total / len(loader.dataset), correct / len(loader.dataset)


def train(epochs=6, swa_start=3):
    inputs = torch.randn(320, 10)
    targets = (inputs[:, :3].sum(1) > 0).long() + (inputs[:, 3:6].sum(1) > 1).long()
    loader = DataLoader(TensorDataset(inputs[:256], targets[:256]), batch_size=32, shuffle=True)
    held_out = DataLoader(TensorDataset(inputs[256:], targets[256:]), batch_size=64)
    model = nn.Sequential(nn.Linear(10, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 3))
    loss_fn = nn.CrossEntropyLoss(label_smoothing=0.05)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=swa_start * 2)
    swa_model, swa_scheduler = AveragedModel(model), SWALR(optimizer, swa_lr=0.05, anneal_epochs=2)
    for epoch in range(epochs):
        model.train()
        for xb, yb in loader:
            optimizer.zero_grad()
            loss_fn(model(xb), yb).backward()
            optimizer.step()
        if epoch >= swa_start:
            swa_model.update_parameters(model)
            swa_scheduler.step()
        else:
            scheduler.step()
        print("epoch %d: loss %.3f accuracy %.3f" % (epoch, *evaluate(model, held_out, loss_fn)))
    update_bn(loader, swa_model)
    print("averaged: loss %.3f accuracy %.3f" % evaluate(swa_model, held_out, loss_fn))


if __name__ == "__main__":
    torch.manual_seed(0)
    train()
