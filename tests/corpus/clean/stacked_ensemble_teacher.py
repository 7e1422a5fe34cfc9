"""Distillation from an ensemble on augmented rows, temperature scaling afterwards on held-out logits."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(50)
x = torch.randn(360, 10)
y = (x[:, :2].sum(1) > 0).long() + 2 * (x[:, 2] > 0.3).long()
train, calib, test = [TensorDataset(x[a:b], y[a:b]) for a, b in ((0, 240), (240, 300), (300, 360))]


def net(width):
    return nn.Sequential(nn.Linear(10, width), nn.ReLU(), nn.Dropout(0.2), nn.Linear(width, 4))


teachers = []
for t in range(2):
    teacher = net(48)
    opt = torch.optim.Adam(teacher.parameters(), lr=5e-3)
    teacher.train()
    for epoch in range(3):
        for xb, yb in DataLoader(train, 30, shuffle=True):
            opt.zero_grad()
            F.cross_entropy(teacher(xb), yb).backward()
            opt.step()
    teachers.append(teacher.eval().requires_grad_(False))

T = 3.0
student = net(12)
opt = torch.optim.Adam(student.parameters(), lr=5e-3)
for epoch in range(4):
    student.train()
    for xb, yb in DataLoader(train, 30, shuffle=True):
        xb = xb + 0.1 * torch.randn_like(xb)
        soft = torch.stack([F.log_softmax(t(xb) / T, dim=1) for t in teachers]).logsumexp(0) - torch.log(torch.tensor(2.0))
        out = student(xb)
        kd = F.kl_div(F.log_softmax(out / T, dim=1), soft, reduction="batchmean", log_target=True) * T * T
        loss = 0.7 * kd + 0.3 * F.cross_entropy(out, yb)
        opt.zero_grad()
        loss.backward()
        opt.step()

student.eval()
with torch.no_grad():
    logits = torch.cat([student(xb) for xb, _ in DataLoader(calib, 60)])
    labels = calib.tensors[1]
log_t = nn.Parameter(torch.zeros(()))
lbfgs = torch.optim.LBFGS([log_t], lr=0.1, max_iter=30)


def calibrate():
    lbfgs.zero_grad()
    loss = F.cross_entropy(logits / log_t.exp(), labels)
    loss.backward()
    return loss


before = calibrate().item()
lbfgs.step(calibrate)
print(f"nll {before:.3f} -> {calibrate().item():.3f} at temperature {log_t.exp().item():.2f}")
with torch.no_grad():
    accuracy = (student(test.tensors[0]).argmax(1) == test.tensors[1]).float().mean()
print(f"accuracy {accuracy:.3f}")
