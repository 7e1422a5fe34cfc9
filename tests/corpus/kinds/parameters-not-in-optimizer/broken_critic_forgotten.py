"""An actor and a critic for warehouses: the critic is called along the whole path."""
# where: optimizer = torch.optim
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Categorical


class Warehouses:
    def __init__(self, n, gen):
        self.n, self.gen = n, gen
        self.stock = torch.full((n,), 5.0)
        self.season = torch.rand(n, generator=gen) * 6.28

    def observe(self):
        return torch.stack([self.stock / 10, torch.sin(self.season), torch.cos(self.season)], 1)

    def step(self, order):
        demand = torch.poisson(3 + 2 * torch.sin(self.season), generator=self.gen)
        available = (self.stock + order).clamp(max=15)
        sold = torch.minimum(available, demand)
        self.stock = available - sold
        self.season = self.season + 0.3
        return (sold * 1.0 - 0.1 * self.stock - 0.4 * order) / 2


def mlp(i, o):
    return nn.Sequential(nn.Linear(i, 48), nn.Tanh(), nn.Linear(48, 48), nn.Tanh(), nn.Linear(48, o))


def rollout(env, actor, critic, horizon):
    logps, values, rewards, ents = [], [], [], []
    for _ in range(horizon):
        obs = env.observe()
        pi = Categorical(logits=actor(obs))
        a = pi.sample()
        rewards.append(env.step(a.float()))
        logps.append(pi.log_prob(a))
        ents.append(pi.entropy())
        values.append(critic(obs).squeeze(-1))
    with torch.no_grad():
        bootstrap = critic(env.observe()).squeeze(-1)
    return logps, values, rewards, ents, bootstrap


def returns_from(rewards, bootstrap, gamma):
    out, running = [], bootstrap
    for r in reversed(rewards):
        running = r + gamma * running
        out.append(running)
    return torch.stack(out[::-1])


def main(updates=24, gamma=0.95):
    torch.manual_seed(2)
    env = Warehouses(64, torch.Generator().manual_seed(3))
    actor, critic = mlp(3, 7), mlp(3, 1)
    optimizer = torch.optim.Adam(actor.parameters(), lr=3e-3)

    for update in range(updates):
        logps, values, rewards, ents, boot = rollout(env, actor, critic, 10)
        ret = returns_from(rewards, boot, gamma)
        value = torch.stack(values)
        adv = (ret - value).detach()
        policy_loss = -(torch.stack(logps) * adv).mean()
        value_loss = F.mse_loss(value, ret)
        loss = policy_loss + 0.5 * value_loss - 0.01 * torch.stack(ents).mean()

        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if update % 10 == 0:
            print(f"update {update:3d} reward {torch.stack(rewards).mean():.3f} v-loss {value_loss.item():.3f}")


if __name__ == "__main__":
    main()
