# break: Classifier.forward.x
# where: checkpoint(
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

torch.manual_seed(0)


class Low(nn.Module):
    def __init__(self, layer, rank=2):
        super().__init__()
        self.layer = layer
        self.a = nn.Parameter(torch.randn(rank, layer.in_features) * 0.1)
        self.b = nn.Parameter(torch.zeros(layer.out_features, rank))

    def forward(self, x):
        return self.layer(x) + x @ self.a.T @ self.b.T


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(20, 16)
        self.blocks = nn.ModuleList([nn.Sequential(nn.Linear(16, 16), nn.GELU()) for _ in range(2)])
        self.head = nn.Linear(16, 2)

    def forward(self, words):
        x = self.words(words).mean(1)
        for block in self.blocks:
            x = checkpoint(block, x, use_reentrant=False)
        return self.head(x)


model = Classifier().requires_grad_(False)
for block in model.blocks:
    block[0] = Low(block[0])
model.head.requires_grad_(True)
words = torch.randint(0, 20, (160, 6))
labels = (words[:, 0] > 9).long()
optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.01)
for epoch in range(4):
    for rows in torch.randperm(160).split(20):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(words[rows]), labels[rows])
        loss.backward()
        optimizer.step()
print(loss.item())
