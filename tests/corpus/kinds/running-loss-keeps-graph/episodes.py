import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Linear(4, 2)
opt = torch.optim.Adam(policy.parameters(), lr=0.01)
running = torch.zeros(())
for episode in range(40):
    total = 0.0
    state = torch.randn(1, 4)
    for _ in range(8):
        choice = torch.distributions.Categorical(logits=policy(state))
        action = choice.sample()
        total = total - choice.log_prob(action) * (1.0 if action == (state[0, 0] > 0) else -1.0)
        state = torch.randn(1, 4)
    opt.zero_grad()
    total.backward()
    opt.step()
    running = running + total.detach()

x = torch.randn(60, 4)
for epoch in range(30):
    loss_sum = 0
    for part in x.split(10):
        loss_sum = loss_sum + nn.functional.cross_entropy(policy(part), (part[:, 0] > 0).long())
    opt.zero_grad()
    loss_sum.backward()
    opt.step()
print(running, loss_sum.item())
