# style: film of the whole table first, then a lookup of rows; addcmul
import torch
from torch import nn


class ConditionalMLP(nn.Module):
    def __init__(self, in_dim, hidden_dim, out_dim, num_classes, cond_dim):
        super().__init__()
        self.hidden_dim, self.k = hidden_dim, num_classes
        self.embed = nn.Embedding(num_classes + 1, cond_dim)
        self.fc1 = nn.Linear(in_dim, hidden_dim)
        self.film = nn.Linear(cond_dim, 2 * hidden_dim)
        self.film.weight = nn.Parameter(torch.zeros_like(self.film.weight))
        self.film.bias = nn.Parameter(torch.zeros_like(self.film.bias))
        self.fc2 = nn.Linear(hidden_dim, out_dim)

    def forward(self, x, labels=None):
        table = self.film(self.embed.weight).unflatten(-1, (2, self.hidden_dim))
        if labels is None:
            chosen = table[-1:].expand(len(x), -1, -1)
        else:
            if tuple(labels.shape) != (x.size(0),):
                raise ValueError("one label a row")
            if torch.any(labels < -1) or torch.any(labels > self.k - 1):
                raise ValueError("range")
            chosen = table[labels]
        z = self.fc1(x)
        z = torch.addcmul(z + chosen[:, 1], z, chosen[:, 0])
        return self.fc2(nn.functional.relu(z))
