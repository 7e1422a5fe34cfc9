# break: t#1
# break: t#2
# where: model(
import torch
from torch import nn

torch.manual_seed(0)
STEPS = 20
betas = torch.linspace(1e-3, 0.35, STEPS)
kept = torch.cumprod(1 - betas, dim=0)

angle = torch.rand(256) * 6.2832
rings = torch.stack([angle.cos(), angle.sin()], dim=1)


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Embedding(STEPS, 16)
        self.net = nn.Sequential(nn.Linear(18, 48), nn.SiLU(), nn.Linear(48, 2))

    def forward(self, x, t):
        return self.net(torch.cat([x, self.time(t)], dim=1))


model = Denoiser()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(8):
    for rows in torch.randperm(256).split(32):
        x = rings[rows]
        t = torch.randint(0, STEPS, (len(x),))
        noise = torch.randn_like(x)
        level = kept[t].unsqueeze(1)
        loss = nn.functional.mse_loss(model(level.sqrt() * x + (1 - level).sqrt() * noise, t), noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print(f"loss {loss.item():.3f}")
