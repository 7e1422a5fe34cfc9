# break: Adapted.__init__.up
# where: self.optimizer.step()
import torch
from torch import nn


class Adapted(nn.Module):
    """A frozen layer with a small path beside it."""

    def __init__(self, layer, rank=2):
        super().__init__()
        self.layer = layer
        for parameter in layer.parameters():
            parameter.requires_grad_(False)
        self.down = nn.Linear(layer.in_features, rank, bias=False)
        self.up = nn.Linear(rank, layer.out_features, bias=False)
        nn.init.normal_(self.down.weight, std=0.02)
        nn.init.zeros_(self.up.weight)

    def forward(self, x):
        return self.layer(x) + self.up(self.down(x))


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.enter = nn.Linear(10, 24)
        self.hidden = nn.Linear(24, 24)
        self.head = nn.Linear(24, 3)

    def forward(self, x):
        return self.head(torch.relu(self.hidden(torch.relu(self.enter(x)))))


class Tuning:
    def __init__(self, model):
        self.model = model
        model.requires_grad_(False)
        model.hidden = Adapted(model.hidden)
        model.head.requires_grad_(True)
        self.optimizer = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=1e-2)

    def fit(self, x, y, epochs):
        for _ in range(epochs):
            for rows in torch.randperm(len(x)).split(32):
                loss = nn.functional.cross_entropy(self.model(x[rows]), y[rows])
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
        return loss.item()


torch.manual_seed(1)
x = torch.randn(192, 10)
print(Tuning(Backbone()).fit(x, x[:, :3].argmax(1), epochs=6))
