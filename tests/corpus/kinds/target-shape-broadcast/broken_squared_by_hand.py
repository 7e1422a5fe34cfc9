# where: loss.backward()
import torch
torch.manual_seed(0)
x = torch.randn(256, 4); y = x.sum(1) + 1.0
m = torch.nn.Linear(4, 1); o = torch.optim.SGD(m.parameters(), lr=.05)
for e in range(8):
    for idx in torch.randperm(256).split(32):
        loss = ((m(x[idx]) - y[idx]) ** 2).mean()
        o.zero_grad(); loss.backward(); o.step()
