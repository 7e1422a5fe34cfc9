"""Adversarial training: PGD uses loss.backward() to get the input's gradient; robust and corrupted accuracy are reported."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import TensorDataset, DataLoader

torch.manual_seed(1)
protos = torch.rand(5, 1, 10, 10)


def make(n, seed):
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 5, (n,), generator=g)
    x = (protos[y] + 0.25 * torch.randn(n, 1, 10, 10, generator=g)).clamp(0, 1)
    return TensorDataset(x, y)


train_dl = DataLoader(make(500, 10), batch_size=50, shuffle=True)
test_dl = DataLoader(make(200, 11), batch_size=64)


class Normalise(nn.Module):
    def forward(self, x):
        return (x - 0.5) / 0.29


model = nn.Sequential(Normalise(), nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
                      nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 5))


def pgd(model, x, y, eps=0.05, alpha=0.02, steps=3):
    was = model.training
    model.eval()
    delta = torch.empty_like(x).uniform_(-eps, eps).requires_grad_(True)
    for _ in range(steps):
        loss = F.cross_entropy(model((x + delta).clamp(0, 1)), y)
        loss.backward()
        with torch.no_grad():
            delta += alpha * delta.grad.sign()
            delta.clamp_(-eps, eps)
        delta.grad = None
    model.train(was)
    return (x + delta.detach()).clamp(0, 1)


opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4, nesterov=True)
sched = torch.optim.lr_scheduler.MultiStepLR(opt, [4, 6], gamma=0.3)
for epoch in range(7):
    model.train()
    for x, y in train_dl:
        adv = pgd(model, x, y)
        opt.zero_grad()
        F.cross_entropy(model(adv), y).backward()
        opt.step()
    sched.step()

    model.eval()
    clean = robust = noisy = n = 0
    for x, y in test_dl:
        adv = pgd(model, x, y)
        with torch.no_grad():
            clean += (model(x).argmax(1) == y).sum().item()
            robust += (model(adv).argmax(1) == y).sum().item()
            noisy += (model((x + 0.4 * torch.randn_like(x)).clamp(0, 1)).argmax(1) == y).sum().item()
        n += len(y)
    print(f"epoch {epoch} clean {clean / n:.3f} robust {robust / n:.3f} noisy {noisy / n:.3f}")
