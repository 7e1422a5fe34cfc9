# break: g_loss
# also: missing-zero-grad, broken-graph
# where: g_opt.step()
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
g_opt = torch.optim.Adam(generator.parameters(), lr=5e-3, betas=(0.5, 0.99))
d_opt = torch.optim.Adam(critic.parameters(), lr=5e-3, betas=(0.5, 0.99))

for step in range(120):
    real = torch.randn(32, 2) * 0.3 + 2
    fake = generator(torch.randn(32, 4))

    d_loss = F.softplus(-critic(real)).mean() + F.softplus(critic(fake.detach())).mean()
    d_opt.zero_grad()
    d_loss.backward()
    d_opt.step()

    g_loss = F.softplus(-critic(fake)).mean()
    g_opt.zero_grad()
    g_loss.backward()
    g_opt.step()
print(f"mean of samples {generator(torch.randn(500, 4)).mean().item():.2f}")
