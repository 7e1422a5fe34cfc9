"""An actor and a critic with optimizers of their own, advantages detached, several environments at once."""
import torch
import torch.nn as nn
from torch.distributions import Normal

torch.manual_seed(48)


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 1))
        self.log_std = nn.Parameter(torch.full((1,), -0.5))

    def forward(self, s):
        return Normal(self.mean(s), self.log_std.exp())


actor = Actor()
critic = nn.Sequential(nn.Linear(3, 24), nn.Tanh(), nn.Linear(24, 1))
actor_optim = torch.optim.Adam(actor.parameters(), lr=3e-3)
critic_optim = torch.optim.Adam(critic.parameters(), lr=1e-2)


def reward(s, a):
    return -(a - s[:, :1] + 0.5 * s[:, 1:2]) ** 2


for update in range(40):
    state = torch.randn(32, 3)
    with torch.no_grad():
        old = actor(state)
        action = old.sample()
        old_log_prob = old.log_prob(action)
        returns = reward(state, action)
    for _ in range(2):
        value = critic(state)
        critic_loss = nn.functional.mse_loss(value, returns)
        critic_optim.zero_grad()
        critic_loss.backward()
        critic_optim.step()

        advantage = returns - value.detach()
        distribution = actor(state)
        ratio = (distribution.log_prob(action) - old_log_prob).exp()
        clipped = ratio.clamp(0.8, 1.2)
        actor_loss = -torch.min(ratio * advantage, clipped * advantage).mean() - 1e-3 * distribution.entropy().mean()
        actor_optim.zero_grad()
        actor_loss.backward()
        actor_optim.step()
    if update % 20 == 0:
        print(update, returns.mean().item(), critic_loss.item())
