"""Q-learning without a target network: next values come first, from the network that learns."""
import numpy as np
import torch
import torch.nn.functional as F

rng = np.random.default_rng(3)
torch.manual_seed(3)
q_net = torch.nn.Sequential(torch.nn.Linear(4, 32), torch.nn.ReLU(), torch.nn.Linear(32, 2))
opt = torch.optim.Adam(q_net.parameters(), lr=1e-3)
capacity = 400
mem = {
    "s": np.zeros((capacity, 4), np.float32),
    "a": np.zeros(capacity, np.int64),
    "r": np.zeros(capacity, np.float32),
    "s2": np.zeros((capacity, 4), np.float32),
    "done": np.zeros(capacity, np.float32),
}
size = 0


def env_step(s, a):
    s2 = 0.9 * s + rng.normal(0, 0.1, 4).astype(np.float32)
    s2[0] += 0.2 if a else -0.2
    return s2, float(-abs(s2[0])), bool(rng.random() < 0.05)


s, eps, episode_return, returns = rng.normal(0, 1, 4).astype(np.float32), 1.0, 0.0, []
for t in range(220):
    if rng.random() < eps:
        a = int(rng.integers(2))
    else:
        with torch.no_grad():
            a = int(q_net(torch.from_numpy(s)[None]).argmax())
    s2, r, done = env_step(s, a)
    for key, value in zip(mem, (s, a, r, s2, done)):
        mem[key][size % capacity] = value
    size += 1
    episode_return += r
    s = s2
    if done:
        returns.append(episode_return)
        s, episode_return = rng.normal(0, 1, 4).astype(np.float32), 0.0
    eps = max(0.05, eps * 0.98)
    if size >= 64 and t % 2 == 0:
        idx = rng.integers(0, min(size, capacity), 32)
        batch = {k: torch.from_numpy(v[idx]) for k, v in mem.items()}
        with torch.no_grad():
            target = batch["r"] + 0.95 * (1 - batch["done"]) * q_net(batch["s2"]).max(dim=1).values
        q = q_net(batch["s"])[torch.arange(32), batch["a"]]
        loss = F.mse_loss(q, target)
        opt.zero_grad()
        loss.backward()
        opt.step()
print("episodes", len(returns), "loss", round(loss.item(), 4))
