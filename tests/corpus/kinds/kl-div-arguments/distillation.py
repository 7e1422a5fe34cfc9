# break: distillation_loss.log_softmax
# where: F.kl_div(
import torch
import torch.nn.functional as F
from torch import nn

TEMPERATURE = 2.0


def distillation_loss(student_scores, teacher_scores, labels, weight):
    soft = F.kl_div(
        F.log_softmax(student_scores / TEMPERATURE, dim=1),
        F.softmax(teacher_scores / TEMPERATURE, dim=1),
        reduction="batchmean",
    )
    return weight * TEMPERATURE**2 * soft + (1 - weight) * F.cross_entropy(student_scores, labels)


def mlp(width):
    return nn.Sequential(nn.Linear(6, width), nn.ReLU(), nn.Linear(width, 4))


def main():
    torch.manual_seed(0)
    x = torch.randn(256, 6)
    y = x[:, :4].argmax(1)
    teacher, student = mlp(64), mlp(8)
    teacher.eval().requires_grad_(False)
    optimizer = torch.optim.Adam(student.parameters(), lr=5e-3)
    for epoch in range(5):
        for rows in torch.randperm(len(x)).split(32):
            with torch.no_grad():
                goal = teacher(x[rows])
            loss = distillation_loss(student(x[rows]), goal, y[rows], weight=0.7)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print(loss.item())


main()
