"""Double DQN: replay memory of named tuples, soft target updates, one action at a time from an unbatched state."""
import math
import random
from collections import deque, namedtuple

import torch
import torch.nn as nn
import torch.optim as optim

Transition = namedtuple("Transition", ("state", "action", "next_state", "reward"))


class ReplayMemory:
    def __init__(self, capacity):
        self.memory = deque([], maxlen=capacity)

    def push(self, *args):
        self.memory.append(Transition(*args))

    def sample(self, batch_size):
        return random.sample(self.memory, batch_size)

    def __len__(self):
        return len(self.memory)


class DQN(nn.Module):
    def __init__(self, n_obs, n_actions):
        super().__init__()
        self.layer1 = nn.Linear(n_obs, 24)
        self.layer2 = nn.Linear(24, n_actions)

    def forward(self, x):
        return self.layer2(torch.relu(self.layer1(x)))


random.seed(0)
torch.manual_seed(0)
BATCH_SIZE, GAMMA, TAU, LR = 16, 0.9, 0.05, 5e-3
policy_net, target_net = DQN(2, 3), DQN(2, 3)
target_net.load_state_dict(policy_net.state_dict())
optimizer = optim.AdamW(policy_net.parameters(), lr=LR, amsgrad=True)
memory = ReplayMemory(500)
steps_done = 0


def select_action(state):
    global steps_done
    eps = 0.05 + 0.85 * math.exp(-steps_done / 60)
    steps_done += 1
    if random.random() > eps:
        with torch.no_grad():
            return policy_net(state).max(1).indices.view(1, 1)
    return torch.tensor([[random.randrange(3)]], dtype=torch.long)


def optimize_model():
    if len(memory) < BATCH_SIZE:
        return
    batch = Transition(*zip(*memory.sample(BATCH_SIZE)))
    non_final_mask = torch.tensor([s is not None for s in batch.next_state], dtype=torch.bool)
    non_final = torch.cat([s for s in batch.next_state if s is not None])
    state_batch, action_batch, reward_batch = torch.cat(batch.state), torch.cat(batch.action), torch.cat(batch.reward)
    q = policy_net(state_batch).gather(1, action_batch)
    next_values = torch.zeros(BATCH_SIZE)
    with torch.no_grad():
        best = policy_net(non_final).argmax(1, keepdim=True)
        next_values[non_final_mask] = target_net(non_final).gather(1, best).squeeze(1)
    expected = next_values * GAMMA + reward_batch
    loss = nn.SmoothL1Loss()(q, expected.unsqueeze(1))
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_value_(policy_net.parameters(), 100)
    optimizer.step()


for episode in range(8):
    position, speed, total = random.uniform(-1, 1), 0.0, 0.0
    state = torch.tensor([[position, speed]])
    for t in range(12):
        action = select_action(state)
        speed = 0.9 * speed + 0.2 * (action.item() - 1)
        position += speed
        reward = -abs(position)
        total += reward
        next_state = None if abs(position) > 2 else torch.tensor([[position, speed]])
        memory.push(state, action, next_state, torch.tensor([reward]))
        state = next_state
        optimize_model()
        sd, td = policy_net.state_dict(), target_net.state_dict()
        for key in sd:
            td[key] = sd[key] * TAU + td[key] * (1 - TAU)
        target_net.load_state_dict(td)
        if state is None:
            break
    print(episode, round(total, 2))
