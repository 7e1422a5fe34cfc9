"""Distil a large teacher into a small student: soft targets at a temperature plus the hard labels."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(9)
x = torch.randn(512, 10)
y = (x[:, :3].sum(1) > 0).long() + (x[:, 3:6].sum(1) > 0).long()
train = DataLoader(TensorDataset(x[:400], y[:400]), batch_size=40, shuffle=True)
valid = DataLoader(TensorDataset(x[400:], y[400:]), batch_size=112)


def mlp(width):
    return nn.Sequential(nn.Linear(10, width), nn.ReLU(), nn.Dropout(0.1), nn.Linear(width, 3))


def accuracy(model):
    model.eval()
    with torch.no_grad():
        return sum((model(a).argmax(1) == b).sum().item() for a, b in valid) / 112


def train_teacher(teacher, epochs):
    optimizer = torch.optim.Adam(teacher.parameters(), lr=3e-3)
    for _ in range(epochs):
        teacher.train()
        for a, b in train:
            optimizer.zero_grad()
            F.cross_entropy(teacher(a), b).backward()
            optimizer.step()


def distil(student, teacher, epochs, temperature=3.0, weight=0.7):
    teacher.eval()
    for p in teacher.parameters():
        p.requires_grad_(False)
    optimizer = torch.optim.Adam(student.parameters(), lr=3e-3)
    for epoch in range(epochs):
        student.train()
        for a, b in train:
            with torch.no_grad():
                soft = teacher(a)
            out = student(a)
            kd = F.kl_div(
                F.log_softmax(out / temperature, dim=1),
                F.softmax(soft / temperature, dim=1),
                reduction="batchmean",
            ) * temperature ** 2
            loss = weight * kd + (1 - weight) * F.cross_entropy(out, b)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"student epoch {epoch}: loss {loss.item():.3f} accuracy {accuracy(student):.3f}")


teacher = mlp(64)
train_teacher(teacher, 4)
print(f"teacher accuracy {accuracy(teacher):.3f}")
distil(mlp(8), teacher, 3)
