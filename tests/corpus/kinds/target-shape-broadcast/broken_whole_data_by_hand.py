# where: (m(x) - y)
import torch
torch.manual_seed(0)
x = torch.randn(128, 4); y = x.sum(1)
m = torch.nn.Linear(4, 1); o = torch.optim.SGD(m.parameters(), lr=.05)
for e in range(60):
    loss = (m(x) - y).abs().pow(2).mean()
    o.zero_grad(); loss.backward(); o.step()
