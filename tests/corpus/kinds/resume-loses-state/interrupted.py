# break: optimizer#1
# break: schedule#1
import io

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(320, 6)
y = (x[:, :2] * x[:, 2:4]).sum(1, keepdim=True)


def make():
    model = nn.Sequential(nn.Linear(6, 48), nn.GELU(), nn.Linear(48, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=80, eta_min=1e-4)
    return model, optimizer, schedule


def train(model, optimizer, schedule, start, stop):
    for step in range(start, stop):
        rows = torch.randint(0, 256, (64,))
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 8 == 7:
            with torch.no_grad():
                print(f"{step} {nn.functional.mse_loss(model(x[256:]), y[256:]).item():.4f}")


model, optimizer, schedule = make()
train(model, optimizer, schedule, 0, 56)
file = io.BytesIO()
torch.save(
    {
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "step": 56,
    },
    file,
)

file.seek(0)
stored = torch.load(file)
model, optimizer, schedule = make()
model.load_state_dict(stored["model"])
optimizer.load_state_dict(stored["optimizer"])
schedule.load_state_dict(stored["schedule"])
train(model, optimizer, schedule, stored["step"], 72)
