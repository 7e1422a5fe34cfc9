"""A factory of evaluators; the training step switches to train mode, nobody switches back."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def make_evaluator(net, loader):
    @torch.inference_mode()
    def evaluate():
        right = sum((net(x).argmax(-1) == y).sum().item() for x, y in loader)
        return right / len(loader.dataset)

    return evaluate


def make_step(net, optimizer):
    def step(x, y):
        net.train()
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


torch.manual_seed(2)
x = torch.randn(260, 7)
y = (x[:, 0] > x[:, 1]).long()
train_dl = DataLoader(TensorDataset(x[:200], y[:200]), batch_size=20, shuffle=True)
valid_dl = DataLoader(TensorDataset(x[200:], y[200:]), batch_size=30)
net = nn.Sequential(nn.Linear(7, 32), nn.ReLU(), nn.Dropout(0.4), nn.Linear(32, 2))
step, evaluate = make_step(net, torch.optim.Adam(net.parameters(), lr=5e-3)), make_evaluator(net, valid_dl)
for epoch in range(4):
    losses = [step(xb, yb) for xb, yb in train_dl]
    print(f"{sum(losses) / len(losses):.3f} {evaluate():.3f}")
