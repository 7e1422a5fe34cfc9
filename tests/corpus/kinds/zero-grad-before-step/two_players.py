import torch
from torch import nn

torch.manual_seed(0)
maker = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2))
judge = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
opt_m = torch.optim.Adam(maker.parameters(), lr=1e-3)
opt_j = torch.optim.Adam(judge.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()

for step in range(40):
    real = torch.randn(32, 2) * 0.5 + 1
    fake = maker(torch.randn(32, 4))
    loss_j = bce(judge(real), torch.ones(32, 1)) + bce(judge(fake.detach()), torch.zeros(32, 1))
    opt_j.zero_grad()
    loss_j.backward()
    opt_m.zero_grad()
    opt_j.step()
    loss_m = bce(judge(fake), torch.ones(32, 1))
    loss_m.backward()
    opt_m.step()
    judge.zero_grad()
print(loss_j.item(), loss_m.item())
