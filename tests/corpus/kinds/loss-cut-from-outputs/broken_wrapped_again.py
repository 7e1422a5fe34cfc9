import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 3)
y = x @ torch.tensor([[1.0], [-2.0], [0.5]])
model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(5):
    for rows in torch.randperm(128).split(32):
        errors = []
        for row in rows.tolist():
            errors.append((model(x[row : row + 1]) - y[row]).pow(2).item())
        loss = torch.tensor(sum(errors) / len(errors), requires_grad=True)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(loss.item())
