import torch
from torch import nn
import torch.nn.functional as F


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Linear(6, 4)
        self.decode = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Dropout(0.05), nn.Linear(16, 6))

    def forward(self, x):
        mean, log_variance = self.encode(x).chunk(2, dim=1)
        z = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        return self.decode(z), mean, log_variance


def loss_of(model, x):
    made, mean, log_variance = model(x)
    divergence = -0.5 * (1 + log_variance - mean.square() - log_variance.exp()).sum(1).mean()
    return F.mse_loss(made, x) + 0.01 * divergence


torch.manual_seed(0)
x = torch.randn(200, 2) @ torch.randn(2, 6)
model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(4):
    model.train()
    for rows in torch.randperm(150).split(30):
        optimizer.zero_grad()
        loss_of(model, x[rows]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(loss_of(model, x[150:]).item())
