"""Survey rows of three categories: many rows are alike, and equal rows often have different outcomes."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
people = 600
region = torch.randint(0, 4, (people,))
age_group = torch.randint(0, 5, (people,))
job = torch.randint(0, 6, (people,))
typical = torch.rand(people) < 0.5
age_group[typical] = 0
job[typical] = torch.randint(0, 2, (people,))[typical]
answers = torch.stack([region, age_group, job], dim=1)
choice = (region + 2 * age_group + job) % 3
undecided = torch.rand(people) < 0.3
choice = torch.where(undecided, torch.randint(0, 3, (people,)), choice)


class Embedded(nn.Module):
    def __init__(self):
        super().__init__()
        self.tables = nn.ModuleList([nn.Embedding(4, 6), nn.Embedding(5, 6), nn.Embedding(6, 6)])
        self.head = nn.Sequential(nn.Linear(18, 32), nn.ReLU(), nn.Linear(32, 3))

    def forward(self, rows):
        return self.head(torch.cat([table(rows[:, i]) for i, table in enumerate(self.tables)], dim=1))


net = Embedded()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
loader = DataLoader(TensorDataset(answers[:500], choice[:500]), batch_size=32, shuffle=True)
for epoch in range(6):
    net.train()
    for rows, wanted in loader:
        loss = nn.functional.cross_entropy(net(rows), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        right = (net(answers[500:]).argmax(dim=1) == choice[500:]).float().mean()
    print(f"epoch {epoch}  loss {loss.item():.3f}  held out {right.item():.3f}")
