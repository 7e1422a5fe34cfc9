"""Policy gradient with a baseline: actions sampled, log-probabilities kept until the episode ends."""
import torch
import torch.nn as nn
from torch.distributions import Categorical

torch.manual_seed(3)


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.affine = nn.Linear(4, 32)
        self.action_head = nn.Linear(32, 3)
        self.value_head = nn.Linear(32, 1)
        self.saved = []

    def forward(self, x):
        x = torch.relu(self.affine(x))
        return torch.softmax(self.action_head(x), dim=-1), self.value_head(x)


model = Policy()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)


def play(horizon=8):
    state = torch.randn(4)
    rewards = []
    for _ in range(horizon):
        probs, value = model(state)
        m = Categorical(probs)
        action = m.sample()
        model.saved.append((m.log_prob(action), value))
        rewards.append(1.0 if action.item() == int(state[:3].argmax()) else 0.0)
        state = torch.randn(4)
    return rewards


def finish_episode(rewards, gamma=0.5):
    returns, R = [], 0.0
    for r in reversed(rewards):
        R = r + gamma * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    policy_losses, value_losses = [], []
    for (log_prob, value), R in zip(model.saved, returns):
        advantage = R - value.item()
        policy_losses.append(-log_prob * advantage)
        value_losses.append(nn.functional.smooth_l1_loss(value, R.view(1)))
    optimizer.zero_grad()
    loss = torch.stack(policy_losses).sum() + torch.stack(value_losses).sum()
    loss.backward()
    optimizer.step()
    del model.saved[:]


running = 3.0
for episode in range(30):
    rewards = play()
    running = 0.9 * running + 0.1 * sum(rewards)
    finish_episode(rewards)
print(f"running reward {running:.2f}")
