import torch
from torch import nn

torch.manual_seed(0)
base, head = nn.Linear(4, 8), nn.Linear(8, 2)
base.requires_grad_(False)
opt = torch.optim.AdamW(head.parameters(), lr=1e-2)
for step in range(60):
    if step == 30:
        base.requires_grad_(True)
        opt.add_param_group({"params": base.parameters(), "lr": 1e-3})
    x = torch.randn(16, 4)
    opt.zero_grad()
    nn.functional.cross_entropy(head(base(x).relu()), (x[:, 0] > 0).long()).backward()
    opt.step()
