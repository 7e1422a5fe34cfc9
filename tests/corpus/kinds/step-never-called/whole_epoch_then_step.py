import torch
from torch import nn

torch.manual_seed(0)
x, y = torch.randn(480, 4), torch.randn(480, 1)
model = nn.Linear(4, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

for epoch in range(3):
    for part, wanted in zip(x.chunk(24), y.chunk(24)):
        (((model(part) - wanted) ** 2).sum() / len(x)).backward()
    optimizer.step()
    optimizer.zero_grad()
saliency = x[:12].clone().requires_grad_()
for row in range(12):
    model(saliency)[row].sum().backward()
print(saliency.grad.shape)
