import torch
from torch import nn


class Noisy(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(5, 20), nn.Linear(20, 1)

    def forward(self, x):
        h = torch.relu(self.hidden(x))
        return self.out(h + 0.1 * torch.randn_like(h))


torch.manual_seed(0)
x, x_val = torch.randn(128, 5), torch.randn(64, 5)
y, y_val = x.sum(1, keepdim=True), x_val.sum(1, keepdim=True)
model = Noisy()
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
for epoch in range(6):
    model.train()
    for rows in torch.randperm(128).split(32):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(99)
        error = nn.functional.mse_loss(model(x_val), y_val).item()
    print(epoch, error)
