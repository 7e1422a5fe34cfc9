# break: net
# where: opt.step()
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(192, 10)
y = x[:, :4].argmax(1)
net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 4))
opt = torch.optim.AdamW(net.parameters(), lr=1e-4)
for epoch in range(3):
    for rows in torch.randperm(192).split(24):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(loss.item())
