"""Uncertainty by dropout at test time: an ordinary evaluation first, then twenty random passes on purpose."""
import torch
from torch import nn

torch.manual_seed(42)
x = torch.linspace(-2, 2, 200).unsqueeze(1)
y = x ** 3 / 4 + 0.1 * torch.randn_like(x)
shuffled = torch.randperm(200)
train, held = shuffled[:160], shuffled[160:]

model = nn.Sequential(nn.Linear(1, 48), nn.ReLU(), nn.Dropout(0.1), nn.Linear(48, 48), nn.ReLU(), nn.Dropout(0.1), nn.Linear(48, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)


def enable_dropout(m):
    for module in m.modules():
        if isinstance(module, nn.Dropout):
            module.train()


for epoch in range(15):
    model.train()
    for idx in train[torch.randperm(len(train))].split(32):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[idx]), y[idx])
        loss.backward()
        optimizer.step()

model.eval()
with torch.no_grad():
    plain = nn.functional.mse_loss(model(x[held]), y[held]).item()
    enable_dropout(model)
    draws = torch.stack([model(x[held]) for _ in range(20)])
model.eval()
print(f"held-out {plain:.4f}, mean uncertainty {draws.std(0).mean().item():.4f}")
