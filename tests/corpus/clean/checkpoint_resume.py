"""Train, save everything, build it all anew and go on: model, optimizer, scheduler, generator of random numbers."""
import io

import torch
from torch import nn

torch.manual_seed(24)
x = torch.randn(160, 6)
y = (x.sum(1) > 0).long()


def build():
    model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 2))
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.9)
    return model, optimizer, scheduler


def train(model, optimizer, scheduler, first, last):
    model.train()
    for epoch in range(first, last):
        total = 0.0
        for idx in torch.randperm(len(x)).split(32):
            loss = nn.functional.cross_entropy(model(x[idx]), y[idx])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        scheduler.step()
        print(f"epoch {epoch} loss {total / 5:.4f} lr {scheduler.get_last_lr()[0]:.5f}")


def save(file, epoch, model, optimizer, scheduler):
    torch.save(
        {
            "epoch": epoch,
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "scheduler": scheduler.state_dict(),
            "rng": torch.get_rng_state(),
        },
        file,
    )


def load(file, model, optimizer, scheduler):
    checkpoint = torch.load(file, weights_only=True)
    model.load_state_dict(checkpoint["model"])
    optimizer.load_state_dict(checkpoint["optimizer"])
    scheduler.load_state_dict(checkpoint["scheduler"])
    torch.set_rng_state(checkpoint["rng"])
    return checkpoint["epoch"]


parts = build()
train(*parts, 0, 4)
file = io.BytesIO()
save(file, 4, *parts)
file.seek(0)
parts = build()
start = load(file, *parts)
train(*parts, start, 8)
model = parts[0].eval()
with torch.no_grad():
    print("accuracy", (model(x).argmax(1) == y).float().mean().item())
