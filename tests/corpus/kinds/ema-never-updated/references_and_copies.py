import copy

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(256, 4)
y = (x[:, 0] > 0).long()
student = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
reference = copy.deepcopy(student).requires_grad_(False)
measured = copy.deepcopy(student)
late, start = copy.deepcopy(student), 30
optimizer = torch.optim.Adam(student.parameters(), lr=1e-2)
step = 0
for epoch in range(4):
    for rows in torch.randperm(192).split(16):
        with torch.no_grad():
            before = F.log_softmax(reference(x[rows]), 1)
        now = F.log_softmax(student(x[rows]), 1)
        loss = F.nll_loss(now, y[rows]) + 0.01 * F.kl_div(now, before, log_target=True, reduction="batchmean")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
        with torch.no_grad():
            for mean, p in zip(late.parameters(), student.parameters()):
                mean.copy_(p) if step < start else mean.lerp_(p, 0.1)
    measured.load_state_dict(student.state_dict())
    with torch.no_grad():
        for model in (measured, late):
            print(F.cross_entropy(model(x[192:]), y[192:]).item())
