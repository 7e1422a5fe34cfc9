import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
pending = False

for _ in range(50):
    x = torch.randn(16, 4)
    if pending:
        optimizer.step()
        optimizer.zero_grad()
    loss = ((model(x) - x.sum(1, keepdim=True)) ** 2).mean()
    loss.backward()
    pending = True
print(loss.item())
