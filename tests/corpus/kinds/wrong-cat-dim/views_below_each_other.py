import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Patches(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 1, 8))
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)

    def forward(self, x):
        x = torch.cat([self.token.expand(len(x), -1, -1), x], dim=1)
        return self.layer(x)[:, 0]


net = Patches()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(10):
    x = torch.randn(12, 5, 8)
    both = torch.cat([x + 0.1 * torch.randn_like(x), x + 0.1 * torch.randn_like(x)])
    a, b = net(both).chunk(2)
    loss = F.cross_entropy(F.normalize(a, dim=1) @ F.normalize(b, dim=1).T / 0.2, torch.arange(12))
    opt.zero_grad()
    loss.backward()
    opt.step()
net.eval()
with torch.no_grad():
    codes = torch.cat([net(torch.randn(6, 5, 8)) for _ in range(3)])
try:
    torch.cat([codes, torch.zeros(3, 4)], dim=0)
except RuntimeError:
    print(codes.shape, loss.item())
