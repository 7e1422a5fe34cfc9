# where: critic_opt.step()
import torch
from torch import nn

torch.manual_seed(6)
maker = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
critic = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
maker_opt = torch.optim.Adam(maker.parameters(), lr=1e-3)
critic_opt = torch.optim.Adam(critic.parameters(), lr=1e-3)
bce = nn.BCEWithLogitsLoss()
yes, no = torch.ones(16, 1), torch.zeros(16, 1)
for step in range(60):
    made = maker(torch.randn(16, 3))
    loss = bce(critic(torch.randn(16, 2) + 1), yes) + bce(critic(made.detach()), no)
    loss.backward()
    critic_opt.step()
    critic_opt.zero_grad()
    maker_opt.zero_grad()
    bce(critic(made), yes).backward()
    maker_opt.step()
print(loss.item())
