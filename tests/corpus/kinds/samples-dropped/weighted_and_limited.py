import itertools

import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset, WeightedRandomSampler

torch.manual_seed(0)
x = torch.randn(300, 4)
rare = (x[:, 0] > 1.2).long()
data = TensorDataset(x, rare)
weights = torch.where(rare[:200] == 1, 5.0, 1.0)
sampler = WeightedRandomSampler(weights, num_samples=150)
train = DataLoader(Subset(data, range(200)), batch_size=32, sampler=sampler, drop_last=True)
val = DataLoader(Subset(data, range(200, 300)), batch_size=8)
model = nn.Linear(4, 2)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(4):
    for step, (a, b) in enumerate(train):
        loss = nn.functional.cross_entropy(model(a), b)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step == 3:
            break
    model.eval()
    with torch.no_grad():
        some = [(model(a).argmax(1) == b).float().mean() for a, b in itertools.islice(val, 5)]
    model.train()
    print("quick check on 40 rows", torch.stack(some).mean().item())
with torch.no_grad():
    print("all", sum((model(a).argmax(1) == b).sum().item() for a, b in val) / 100)
