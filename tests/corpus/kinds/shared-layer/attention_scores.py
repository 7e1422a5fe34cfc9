# break: Pool.key
import torch
from torch import nn


class Pool(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, 3)

    def forward(self, tokens):
        scores = self.query(tokens) @ self.key(tokens).transpose(1, 2)
        mixed = (scores / tokens.shape[-1] ** 0.5).softmax(-1) @ self.value(tokens)
        return mixed.mean(1)


torch.manual_seed(0)
tokens = torch.randn(200, 5, 8)
labels = tokens[..., 0].argmax(1).clamp(max=2)
pool = Pool(8)
optimizer = torch.optim.Adam(pool.parameters(), lr=0.01)
for _ in range(50):
    picked = torch.randperm(200)[:50]
    loss = nn.functional.cross_entropy(pool(tokens[picked]), labels[picked])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
