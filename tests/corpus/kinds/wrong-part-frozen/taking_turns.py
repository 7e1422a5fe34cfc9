import torch
from torch import nn

torch.manual_seed(0)
G = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
D = nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
g_optimizer = torch.optim.Adam(G.parameters(), lr=1e-3)
d_optimizer = torch.optim.Adam(D.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
for step in range(40):
    real = torch.randn(32, 2) * 0.3 + 1
    noise = torch.randn(32, 2)

    D.requires_grad_(False)
    g_loss = bce(D(G(noise)), torch.ones(32, 1))
    g_optimizer.zero_grad()
    g_loss.backward()
    g_optimizer.step()

    D.requires_grad_(True)
    both = D(torch.cat([real, G(noise).detach()]))
    d_loss = bce(both, torch.cat([torch.ones(32, 1), torch.zeros(32, 1)]))
    d_optimizer.zero_grad()
    d_loss.backward()
    d_optimizer.step()
