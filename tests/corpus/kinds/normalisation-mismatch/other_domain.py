import torch
from torch import nn

torch.manual_seed(0)
source = torch.randn(200, 4)
source = (source - source.mean(0)) / source.std(0)
target = 2.5 + 1.8 * torch.randn(80, 4)
w = torch.randn(4, 1)
net = nn.Linear(4, 1)
optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
for epoch in range(6):
    for rows in torch.randperm(160).split(32):
        optimizer.zero_grad()
        nn.functional.mse_loss(net(source[rows]), source[rows] @ w).backward()
        optimizer.step()
    with torch.no_grad():
        usual = nn.functional.mse_loss(net(source[160:]), source[160:] @ w).item()
        shifted = nn.functional.mse_loss(net(target), target @ w).item()
    print(f"{epoch}: usual {usual:.3f} shifted {shifted:.3f}")
