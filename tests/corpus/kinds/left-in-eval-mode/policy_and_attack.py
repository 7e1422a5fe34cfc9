import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(1)

# A policy that acts and learns in eval mode.
policy = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Dropout(0.1), nn.Linear(16, 2)).eval()
learner = torch.optim.Adam(policy.parameters(), lr=1e-2)
for episode in range(25):
    states = torch.randn(32, 3)
    with torch.no_grad():
        actions = torch.distributions.Categorical(logits=policy(states)).sample()
    reward = (actions == (states[:, 0] > 0).long()).float()
    chosen = F.log_softmax(policy(states), dim=1).gather(1, actions[:, None]).squeeze(1)
    loss = -(chosen * (reward - reward.mean())).mean()
    learner.zero_grad()
    loss.backward()
    learner.step()


# Adversarial training: the attack looks at the model in eval mode, the update does not.
def attacked(model, x, y, size=0.1):
    model.eval()
    x = x.clone().requires_grad_(True)
    F.cross_entropy(model(x), y).backward()
    model.train()
    return (x + size * x.grad.sign()).detach()


model = nn.Sequential(nn.Linear(5, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(30):
    x = torch.randn(32, 5)
    y = (x.sum(1) > 0).long()
    x = attacked(model, x, y)
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()

# Saliency of the finished model.
model.eval()
for _ in range(10):
    x = torch.randn(4, 5, requires_grad=True)
    model(x).max(1).values.sum().backward()
