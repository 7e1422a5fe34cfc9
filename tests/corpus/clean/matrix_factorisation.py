"""Recommendations by factors and biases: sparse embeddings, a sparse optimizer, rows shuffled by hand."""
import torch
from torch import nn

torch.manual_seed(44)
users, items = 40, 30
taste, trait = torch.randn(users, 3), torch.randn(items, 3)
pairs = torch.stack(torch.meshgrid(torch.arange(users), torch.arange(items), indexing="ij"), -1).reshape(-1, 2)
pairs = pairs[torch.randperm(len(pairs))[:800]]
ratings = (taste[pairs[:, 0]] * trait[pairs[:, 1]]).sum(1) + 0.1 * torch.randn(len(pairs))
train, test = slice(0, 640), slice(640, 800)


class Factors(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.user, self.item = nn.Embedding(users, width, sparse=True), nn.Embedding(items, width, sparse=True)
        self.user_bias, self.item_bias = nn.Embedding(users, 1, sparse=True), nn.Embedding(items, 1, sparse=True)
        for table in (self.user, self.item):
            nn.init.normal_(table.weight, std=0.3)

    def forward(self, u, i):
        score = (self.user(u) * self.item(i)).sum(-1)
        return score + self.user_bias(u).squeeze(-1) + self.item_bias(i).squeeze(-1)


model = Factors(4)
optimizer = torch.optim.SparseAdam(list(model.parameters()), lr=0.03)
for epoch in range(10):
    order = torch.randperm(640)
    for idx in order.split(64):
        predicted = model(pairs[train][idx, 0], pairs[train][idx, 1])
        loss = nn.functional.mse_loss(predicted, ratings[train][idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 4:
        with torch.no_grad():
            error = (model(pairs[test][:, 0], pairs[test][:, 1]) - ratings[test]).square().mean().sqrt()
        print(epoch, loss.item(), error.item())
