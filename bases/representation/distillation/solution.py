"""A small student learns from a larger teacher and from the labels."""

import torch
from torch import nn, optim
from torch.nn import functional as F

INPUTS, CLASSES = 10, 5


def make_split(rows):
    """Rows (N, 10), sorted by class, and their labels (N,)."""
    x = torch.randn(rows, INPUTS)
    scores = torch.stack([x[:, i] + 0.8 * x[:, i + 1] * x[:, i + 2] for i in range(CLASSES)], dim=1)
    y = scores.argmax(dim=1)
    order = torch.argsort(y)
    return x[order], y[order]


def mlp(*widths, drop=0.0):
    layers = []
    for inputs, outputs in zip(widths[:-2], widths[1:-1]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU(), nn.Dropout(drop)]
    return nn.Sequential(*layers, nn.Linear(widths[-2], widths[-1]))


def batches(x, y, size):
    for rows in torch.randperm(len(x), device=x.device).split(size):
        yield x[rows], y[rows]


def train_teacher(teacher, x, y, epochs=8):
    optimizer = optim.Adam(teacher.parameters(), lr=5e-3)
    teacher.train()
    for _ in range(epochs):
        for inputs, labels in batches(x, y, 64):
            optimizer.zero_grad()
            F.cross_entropy(teacher(inputs), labels).backward()
            optimizer.step()


def distillation_loss(student_logits, teacher_logits, labels, temperature=3.0, share=0.6):
    """Soft targets from the teacher, scaled by the squared temperature, and hard ones from the labels."""
    soft = F.kl_div(
        F.log_softmax(student_logits / temperature, dim=1),
        F.softmax(teacher_logits / temperature, dim=1),
        reduction="batchmean",
    )
    return share * temperature**2 * soft + (1 - share) * F.cross_entropy(student_logits, labels)


def train_student(student, teacher, x, y, epochs=9):
    optimizer = optim.Adam(student.parameters(), lr=5e-3)
    teacher.eval()
    for epoch in range(epochs):
        student.train()
        total = 0.0
        for inputs, labels in batches(x, y, 32):
            with torch.no_grad():
                wanted = teacher(inputs)
            loss = distillation_loss(student(inputs), wanted, labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(labels)
        print(f"epoch {epoch:2d}  loss {total / len(x):.3f}")


def accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        return (model(x).argmax(dim=1) == y).float().mean().item()


def main():
    device = "cuda" if torch.cuda.is_available() else "cpu"
    x, y = (part.to(device) for part in make_split(1200))
    new_x, new_y = (part.to(device) for part in make_split(400))
    teacher = mlp(INPUTS, 96, 96, CLASSES, drop=0.1).to(device)
    student = mlp(INPUTS, 32, CLASSES).to(device)
    train_teacher(teacher, x, y)
    train_student(student, teacher, x, y)
    print(f"teacher {accuracy(teacher, new_x, new_y):.3f}  student {accuracy(student, new_x, new_y):.3f}")


if __name__ == "__main__":
    main()
