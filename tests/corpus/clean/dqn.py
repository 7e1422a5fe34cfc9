"""Deep Q-learning on a corridor: replay memory, target network, epsilon-greedy actions."""
import random
from collections import deque, namedtuple

import torch
import torch.nn as nn
import torch.optim as optim

random.seed(0)
torch.manual_seed(0)
Transition = namedtuple("Transition", "state action reward next_state done")


class Corridor:
    """Walk right to the end; every step costs a little."""

    length = 6

    def reset(self):
        self.position, self.steps = 0, 0
        return self.observe()

    def observe(self):
        state = torch.zeros(self.length)
        state[self.position] = 1.0
        return state

    def step(self, action):
        self.position = max(0, min(self.length - 1, self.position + (1 if action == 1 else -1)))
        self.steps += 1
        done = self.position == self.length - 1
        return self.observe(), (1.0 if done else -0.05), done or self.steps >= 25


class ReplayMemory:
    def __init__(self, capacity):
        self.memory = deque(maxlen=capacity)

    def push(self, *args):
        self.memory.append(Transition(*args))

    def sample(self, size):
        return random.sample(self.memory, size)

    def __len__(self):
        return len(self.memory)


def q_network():
    return nn.Sequential(nn.Linear(Corridor.length, 24), nn.ReLU(), nn.Linear(24, 2))


policy_net, target_net = q_network(), q_network()
target_net.load_state_dict(policy_net.state_dict())
optimizer = optim.AdamW(policy_net.parameters(), lr=5e-3)
memory = ReplayMemory(500)
env, epsilon, gamma = Corridor(), 1.0, 0.95


def select_action(state):
    if random.random() < epsilon:
        return random.randrange(2)
    with torch.no_grad():
        return int(policy_net(state.unsqueeze(0)).argmax(1))


def optimize():
    batch = Transition(*zip(*memory.sample(32)))
    states = torch.stack(batch.state)
    actions = torch.tensor(batch.action).unsqueeze(1)
    rewards = torch.tensor(batch.reward)
    alive = 1.0 - torch.tensor(batch.done, dtype=torch.float32)
    q = policy_net(states).gather(1, actions).squeeze(1)
    with torch.no_grad():
        best = target_net(torch.stack(batch.next_state)).max(1).values
    loss = nn.functional.smooth_l1_loss(q, rewards + gamma * alive * best)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(policy_net.parameters(), 100)
    optimizer.step()


for episode in range(15):
    state, total, done = env.reset(), 0.0, False
    while not done:
        action = select_action(state)
        following, reward, done = env.step(action)
        memory.push(state, action, reward, following, done)
        state, total = following, total + reward
        if len(memory) >= 32:
            optimize()
    for slow, fast in zip(target_net.parameters(), policy_net.parameters()):
        slow.data.mul_(0.8).add_(fast.data, alpha=0.2)
    epsilon = max(0.05, epsilon * 0.85)
    if episode % 5 == 4:
        print(f"episode {episode + 1}: return {total:.2f}")
