"""Decisions without a gradient, and ways round them: straight-through, REINFORCE, a detached teacher."""
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 4)
y = x[:, :3].argmax(1)
encoder, decoder, policy = nn.Linear(4, 6), nn.Linear(6, 3), nn.Linear(4, 3)
teacher = nn.Linear(4, 3)
opt = torch.optim.Adam([*encoder.parameters(), *decoder.parameters(), *policy.parameters()], lr=1e-2)
for _ in range(30):
    rows = torch.randint(0, 128, (16,))
    soft = torch.sigmoid(encoder(x[rows]))
    hard = (soft > 0.5).float() + soft - soft.detach()
    scores = decoder(hard)
    choice = torch.distributions.Categorical(logits=policy(x[rows]))
    action = choice.sample()
    reward = (action == y[rows]).float()
    loss = F.cross_entropy(scores, y[rows]) - (choice.log_prob(action) * (reward - reward.mean())).mean()
    loss = loss + F.mse_loss(scores, teacher(x[rows]).detach())
    opt.zero_grad()
    loss.backward()
    opt.step()
print(loss.item())
