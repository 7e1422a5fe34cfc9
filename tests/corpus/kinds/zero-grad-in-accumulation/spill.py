import torch
from torch import nn

torch.manual_seed(0)
maker, judge = nn.Linear(3, 2), nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1))
opt_m = torch.optim.Adam(maker.parameters(), lr=1e-3)
opt_j = torch.optim.Adam(judge.parameters(), lr=1e-3)
bce = nn.functional.binary_cross_entropy_with_logits
for step in range(60):
    real, fake = torch.randn(16, 2), maker(torch.randn(16, 3))
    opt_j.zero_grad()
    loss = bce(judge(real), torch.ones(16, 1)) + bce(judge(fake), torch.zeros(16, 1))
    loss.backward()
    if loss.item() > 1.3:
        opt_j.step()
    if step % 2 == 0:
        opt_m.zero_grad()
        bce(judge(maker(torch.randn(16, 3))), torch.ones(16, 1)).backward()
        opt_m.step()
