# break: score.cat
# where: torch.cat([u, v]
import torch
from torch import nn

torch.manual_seed(1)
users, films = nn.Embedding(30, 8), nn.Embedding(40, 8)
head = nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
params = [*users.parameters(), *films.parameters(), *head.parameters()]
opt = torch.optim.Adam(params, lr=0.02)
who, what = torch.randint(0, 30, (256,)), torch.randint(0, 40, (256,))
liked = ((who + what) % 2).float()


def score(i):
    u, v = users(who[i]), films(what[i])
    return head(torch.cat([u, v], dim=1)).squeeze(1)


for epoch in range(3):
    for i in torch.randperm(256).split(32):
        opt.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(score(i), liked[i])
        loss.backward()
        opt.step()
    print(epoch, loss.item())
