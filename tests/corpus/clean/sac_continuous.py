"""Soft actor critic on a one-step problem: two critics, targets, tuned temperature, frozen critics in the actor step."""
import copy
import itertools

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(3, 24), nn.ReLU())
        self.mu, self.log_std = nn.Linear(24, 1), nn.Linear(24, 1)

    def forward(self, obs):
        h = self.net(obs)
        pi = Normal(self.mu(h), self.log_std(h).clamp(-5, 2).exp())
        u = pi.rsample()
        logp = pi.log_prob(u).sum(-1) - (2 * (0.6931 - u - F.softplus(-2 * u))).sum(-1)
        return torch.tanh(u), logp


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Sequential(nn.Linear(4, 24), nn.ReLU(), nn.Linear(24, 1))

    def forward(self, obs, act):
        return torch.squeeze(self.q(torch.cat([obs, act], dim=-1)), -1)


torch.manual_seed(14)
actor, q1, q2 = Actor(), Critic(), Critic()
q1_targ, q2_targ = copy.deepcopy(q1), copy.deepcopy(q2)
for p in itertools.chain(q1_targ.parameters(), q2_targ.parameters()):
    p.requires_grad = False
q_params = list(itertools.chain(q1.parameters(), q2.parameters()))
pi_opt = torch.optim.Adam(actor.parameters(), lr=1e-3)
q_opt = torch.optim.Adam(q_params, lr=1e-3)
log_alpha = torch.zeros(1, requires_grad=True)
alpha_opt = torch.optim.Adam([log_alpha], lr=1e-2)
buffer = []
obs = torch.randn(3)

for t in range(110):
    if t < 40:
        act = torch.rand(1) * 2 - 1
    else:
        with torch.no_grad():
            act, _ = actor(obs)
    rew = -((act - obs[:1].tanh()) ** 2).sum()
    nxt = 0.8 * obs + 0.2 * torch.randn(3)
    buffer.append((obs, act, rew, nxt))
    obs = nxt
    if t < 50:
        continue
    picked = torch.randint(0, len(buffer), (32,)).tolist()
    o, a, r, o2 = (torch.stack(column) for column in zip(*(buffer[i] for i in picked)))
    alpha = log_alpha.exp().detach()

    with torch.no_grad():
        a2, logp2 = actor(o2)
        backup = r + 0.9 * (torch.min(q1_targ(o2, a2), q2_targ(o2, a2)) - alpha * logp2)
    loss_q = ((q1(o, a) - backup) ** 2).mean() + ((q2(o, a) - backup) ** 2).mean()
    q_opt.zero_grad()
    loss_q.backward()
    q_opt.step()

    for p in q_params:
        p.requires_grad = False
    pi, logp = actor(o)
    loss_pi = (alpha * logp - torch.min(q1(o, pi), q2(o, pi))).mean()
    pi_opt.zero_grad()
    loss_pi.backward()
    pi_opt.step()
    for p in q_params:
        p.requires_grad = True

    alpha_opt.zero_grad()
    (-(log_alpha * (logp.detach() - 1.0)).mean()).backward()
    alpha_opt.step()

    with torch.no_grad():
        for net, targ in ((q1, q1_targ), (q2, q2_targ)):
            for p, p_targ in zip(net.parameters(), targ.parameters()):
                p_targ.mul_(0.98).add_(0.02 * p)
print(f"q {loss_q.item():.3f} pi {loss_pi.item():.3f} alpha {log_alpha.exp().item():.3f}")
