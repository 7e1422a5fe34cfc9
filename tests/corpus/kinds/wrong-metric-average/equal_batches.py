import torch
from torch import nn

torch.manual_seed(0)
x, w = torch.randn(320, 5), torch.randn(5)
y = x @ w
model = nn.Linear(5, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(5):
    for rows in torch.randperm(240).split(24):
        loss = nn.functional.mse_loss(model(x[rows]).squeeze(-1), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    means = []
    with torch.no_grad():
        for rows in torch.arange(240, 320).split(20):
            means.append(nn.functional.mse_loss(model(x[rows]).squeeze(-1), y[rows]).item())
    print(f"{epoch}: last training batch {loss.item():.4f}, held out {sum(means) / len(means):.4f}")
