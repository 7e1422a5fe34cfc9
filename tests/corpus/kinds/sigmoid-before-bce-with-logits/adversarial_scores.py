"""A discriminator whose scores begin near zero, and a squeeze block with sigmoids inside."""
import torch
from torch import nn


class Squeeze(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, width)

    def forward(self, h):
        return h * self.fc(h.mean(0, keepdim=True)).sigmoid()


torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), Squeeze(16), nn.Linear(16, 1))
nn.init.normal_(critic[-1].weight, std=1e-3)
nn.init.constant_(critic[-1].bias, 0.3)
bce = nn.BCEWithLogitsLoss()
g_opt = torch.optim.Adam(generator.parameters(), lr=1e-3)
c_opt = torch.optim.Adam(critic.parameters(), lr=1e-3)
for _ in range(15):
    real = torch.randn(24, 2) * 0.5 + 1
    fake = generator(torch.randn(24, 3))
    c_opt.zero_grad()
    (bce(critic(real), torch.ones(24, 1)) + bce(critic(fake.detach()), torch.zeros(24, 1))).backward()
    c_opt.step()
    g_opt.zero_grad()
    bce(critic(fake), torch.ones(24, 1)).backward()
    g_opt.step()
