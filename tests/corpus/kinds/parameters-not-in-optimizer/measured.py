import torch
from torch import nn

torch.manual_seed(0)
eye = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16)).eval()
maker = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 8))
optimizer = torch.optim.Adam(maker.parameters(), lr=1e-3)
for _ in range(40):
    z = torch.randn(32, 3)
    x = z @ torch.ones(3, 8)
    loss = nn.functional.mse_loss(eye(maker(z)), eye(x))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

w = nn.Parameter(torch.zeros(3, 8))
outer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1)
for _ in range(30):
    z = torch.randn(32, 3)
    ((z @ w - z.sum(1, keepdim=True)) ** 2).mean().backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
        w.grad = None
print(loss.item(), w.mean().item())
