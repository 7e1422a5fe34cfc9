"""A policy for a small gridworld, with cross-entropy as the negative log-probability of what was done.

There are few states, and each is left by different actions at different times: that is what exploring means.
"""

import torch
from torch import nn
from torch.nn import functional as F

SIDE, ACTIONS, ROUNDS = 4, 4, 24
MOVES = torch.tensor([[0, 1], [0, -1], [1, 0], [-1, 0]])

torch.manual_seed(3)
policy = nn.Sequential(nn.Linear(SIDE * SIDE, 32), nn.Tanh(), nn.Linear(32, ACTIONS))
optimizer = torch.optim.Adam(policy.parameters(), lr=0.02)


def one_hot(places):
    return F.one_hot(places[:, 0] * SIDE + places[:, 1], SIDE * SIDE).float()


def episodes(count=12, steps=8):
    places = torch.zeros(count, 2, dtype=torch.long)
    states, actions, rewards = [], [], []
    for _ in range(steps):
        state = one_hot(places)
        with torch.no_grad():
            action = torch.distributions.Categorical(logits=policy(state)).sample()
        places = (places + MOVES[action]).clamp(0, SIDE - 1)
        states.append(state)
        actions.append(action)
        rewards.append((places == SIDE - 1).all(dim=1).float())
    returns = torch.stack(rewards).flip(0).cumsum(0).flip(0)
    return torch.cat(states), torch.cat(actions), returns.flatten()


for number in range(ROUNDS):
    states, actions, returns = episodes()
    advantage = returns - returns.mean()
    order = torch.randperm(len(states))
    for rows in order.split(32):
        costs = F.cross_entropy(policy(states[rows]), actions[rows], reduction="none")
        loss = (costs * advantage[rows]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if number % 6 == 5:
        print(number, returns.mean().item())
