# accelerator: cuda
# break: Causal.allowed
# where: masked_fill
import torch
import torch.nn.functional as F
from torch import nn

device = "cuda" if torch.cuda.is_available() else "cpu"


class Causal(nn.Module):
    def __init__(self, d=8, length=6):
        super().__init__()
        self.embed = nn.Embedding(10, d)
        self.mix = nn.Linear(d, 3 * d)
        self.out = nn.Linear(d, 10)
        self.register_buffer("allowed", torch.ones(length, length).tril().bool())

    def forward(self, tokens):
        q, k, v = self.mix(self.embed(tokens)).chunk(3, dim=-1)
        scores = (q @ k.transpose(1, 2) / 8**0.5).masked_fill(~self.allowed, float("-inf"))
        return self.out(scores.softmax(-1) @ v)


torch.manual_seed(0)
model = Causal().to(device)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for step in range(5):
    tokens = torch.randint(0, 10, (8, 7)).to(device)
    loss = F.cross_entropy(model(tokens[:, :-1]).flatten(0, 1), tokens[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
