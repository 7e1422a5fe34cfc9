# break: Mixer.blocks
# where: x = block(x)
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, d, length):
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.across = nn.Linear(length, length)
        self.within = nn.Sequential(nn.Linear(d, 2 * d), nn.GELU(), nn.Linear(2 * d, d))

    def forward(self, x):
        h = self.norm(x)
        h = self.across(h.transpose(1, 2)).transpose(1, 2)
        return x + self.within(h)


class Mixer(nn.Module):
    def __init__(self, d=8, length=6, depth=4):
        super().__init__()
        self.enter = nn.Linear(1, d)
        self.blocks = nn.ModuleList([Block(d, length) for _ in range(depth)])
        self.leave = nn.Linear(d, 1)

    def forward(self, x):
        x = self.enter(x)
        for block in self.blocks:
            x = block(x)
        return self.leave(x)


torch.manual_seed(2)
model = Mixer()
print(sum(p.numel() for p in model.parameters()), "parameters")
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
smooth = 0.0
for step in range(120):
    series = torch.randn(48, 6, 1)
    sorted_series = series.sort(dim=1).values
    loss = (model(series) - sorted_series).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    smooth = 0.9 * smooth + 0.1 * loss.item()
print(f"loss {smooth:.3f}")
