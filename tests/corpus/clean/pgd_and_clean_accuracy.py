"""Adversarial training with projected gradient descent in eval mode, mixed with clean rows; robust accuracy at the end."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def pgd(model, x, y, eps=0.2, alpha=0.08, iters=3):
    was = model.training
    model.eval()
    delta = torch.empty_like(x).uniform_(-eps, eps).requires_grad_()
    for _ in range(iters):
        loss = F.cross_entropy(model(x + delta), y)
        (grad,) = torch.autograd.grad(loss, [delta])
        delta.data = (delta + alpha * grad.sign()).clamp(-eps, eps)
    model.train(was)
    return (x + delta).detach()


def accuracy(model, x, y, attack=None):
    model.eval()
    hits = 0
    for i in range(0, len(x), 50):
        xb, yb = x[i : i + 50], y[i : i + 50]
        if attack is not None:
            xb = attack(model, xb, yb)
        with torch.no_grad():
            hits += (model(xb).argmax(1) == yb).sum().item()
    return hits / len(x)


torch.manual_seed(13)
x = torch.randn(400, 6)
y = (x[:, 0] + 0.5 * x[:, 1] ** 2 > 0.4).long()
x_test, y_test, x, y = x[300:], y[300:], x[:300], y[:300]
model = nn.Sequential(nn.Linear(6, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 2))
opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
sched = torch.optim.lr_scheduler.MultiStepLR(opt, [3, 4], gamma=0.2)
for epoch in range(4):
    model.train()
    for rows in torch.randperm(300).split(50):
        adv = pgd(model, x[rows], y[rows])
        out = model(torch.cat([x[rows], adv]))
        loss = F.cross_entropy(out, torch.cat([y[rows], y[rows]]))
        opt.zero_grad()
        loss.backward()
        opt.step()
    sched.step()
    print(f"{epoch}: {loss.item():.3f} clean {accuracy(model, x_test, y_test):.3f} robust {accuracy(model, x_test, y_test, pgd):.3f}")
