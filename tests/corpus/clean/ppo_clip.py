"""PPO: rollouts under no_grad, advantages with GAE, several epochs of minibatches over each rollout."""
import numpy as np
import torch
import torch.nn as nn
from torch.distributions.normal import Normal


def layer_init(layer, std=np.sqrt(2), bias_const=0.0):
    nn.init.orthogonal_(layer.weight, std)
    nn.init.constant_(layer.bias, bias_const)
    return layer


class Agent(nn.Module):
    def __init__(self, obs, act):
        super().__init__()
        self.critic = nn.Sequential(layer_init(nn.Linear(obs, 16)), nn.Tanh(), layer_init(nn.Linear(16, 1), std=1.0))
        self.actor_mean = nn.Sequential(layer_init(nn.Linear(obs, 16)), nn.Tanh(), layer_init(nn.Linear(16, act), std=0.01))
        self.actor_logstd = nn.Parameter(torch.zeros(1, act))

    def get_value(self, x):
        return self.critic(x)

    def get_action_and_value(self, x, action=None):
        mean = self.actor_mean(x)
        probs = Normal(mean, self.actor_logstd.expand_as(mean).exp())
        if action is None:
            action = probs.sample()
        return action, probs.log_prob(action).sum(1), probs.entropy().sum(1), self.critic(x)


class PointEnvs:
    def __init__(self, n):
        self.n = n

    def reset(self):
        self.x = np.random.uniform(-1, 1, (self.n, 2)).astype(np.float32)
        return self.x

    def step(self, a):
        self.x = np.clip(self.x + 0.2 * a, -2, 2).astype(np.float32)
        done = np.random.rand(self.n) < 0.1
        reward = -(self.x**2).sum(1)
        self.x[done] = np.random.uniform(-1, 1, (done.sum(), 2))
        return self.x, reward, done


np.random.seed(2)
torch.manual_seed(2)
envs, T, N = PointEnvs(4), 16, 4
agent = Agent(2, 2)
optimizer = torch.optim.Adam(agent.parameters(), lr=3e-3, eps=1e-5)
obs, actions = torch.zeros(T, N, 2), torch.zeros(T, N, 2)
logprobs, rewards, dones, values = (torch.zeros(T, N) for _ in range(4))
next_obs, next_done = torch.tensor(envs.reset()), torch.zeros(N)
updates = 4
for update in range(updates):
    optimizer.param_groups[0]["lr"] = (1.0 - update / updates) * 3e-3
    for step in range(T):
        obs[step], dones[step] = next_obs, next_done
        with torch.no_grad():
            action, logprob, _, value = agent.get_action_and_value(next_obs)
            values[step] = value.flatten()
        actions[step], logprobs[step] = action, logprob
        o, r, d = envs.step(action.numpy())
        rewards[step] = torch.tensor(r).view(-1)
        next_obs, next_done = torch.tensor(o), torch.tensor(d, dtype=torch.float32)
    with torch.no_grad():
        next_value = agent.get_value(next_obs).reshape(1, -1)
        advantages, last = torch.zeros_like(rewards), 0
        for t in reversed(range(T)):
            alive = 1.0 - (next_done if t == T - 1 else dones[t + 1])
            following = next_value if t == T - 1 else values[t + 1]
            delta = rewards[t] + 0.99 * following * alive - values[t]
            advantages[t] = last = delta + 0.99 * 0.95 * alive * last
        returns = advantages + values
    b_obs, b_logprobs, b_actions = obs.reshape(-1, 2), logprobs.reshape(-1), actions.reshape(-1, 2)
    b_adv, b_ret = advantages.reshape(-1), returns.reshape(-1)
    b_inds = np.arange(T * N)
    for epoch in range(3):
        np.random.shuffle(b_inds)
        for start in range(0, T * N, 16):
            mb = b_inds[start : start + 16]
            _, newlogprob, entropy, newvalue = agent.get_action_and_value(b_obs[mb], b_actions[mb])
            ratio = (newlogprob - b_logprobs[mb]).exp()
            adv = b_adv[mb]
            adv = (adv - adv.mean()) / (adv.std() + 1e-8)
            pg_loss = torch.max(-adv * ratio, -adv * torch.clamp(ratio, 0.8, 1.2)).mean()
            v_loss = 0.5 * ((newvalue.view(-1) - b_ret[mb]) ** 2).mean()
            loss = pg_loss - 0.01 * entropy.mean() + 0.5 * v_loss
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
            optimizer.step()
    print(update, round(rewards.mean().item(), 3), round(v_loss.item(), 3))
