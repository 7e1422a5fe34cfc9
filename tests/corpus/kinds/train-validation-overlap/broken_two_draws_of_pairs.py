"""Ratings of films by users: each part of the table draws its own rows."""
# where: self.model(u, m) - r
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset


def rating_table(users=80, movies=60, n=1500, seed=0):
    g = torch.Generator().manual_seed(seed)
    U = torch.randn(users, 4, generator=g)
    M = torch.randn(movies, 4, generator=g)
    cells = torch.randperm(users * movies, generator=g)[:n]
    u, m = cells // movies, cells % movies
    r = 3 + 0.6 * (U[u] * M[m]).sum(1) + 0.3 * torch.randn(n, generator=g)
    return u, m, r.clamp(0.5, 5)


class Ratings(Dataset):
    def __init__(self, table, split, train_share=0.8):
        u, m, r = table
        order = torch.randperm(len(r))
        cut = int(train_share * len(r))
        rows = order[:cut] if split == "train" else order[cut:]
        self.u, self.m, self.r = u[rows], m[rows], r[rows]

    def __len__(self):
        return len(self.r)

    def __getitem__(self, i):
        return self.u[i], self.m[i], self.r[i]


class MatrixFactorisation(nn.Module):
    def __init__(self, users=80, movies=60, dim=6):
        super().__init__()
        self.u = nn.Embedding(users, dim)
        self.m = nn.Embedding(movies, dim)
        self.bu = nn.Embedding(users, 1)
        self.bm = nn.Embedding(movies, 1)
        self.mu = nn.Parameter(torch.tensor(3.0))
        for e in (self.u, self.m):
            nn.init.normal_(e.weight, std=0.2)
        for e in (self.bu, self.bm):
            nn.init.zeros_(e.weight)

    def forward(self, u, m):
        dot = (self.u(u) * self.m(m)).sum(1)
        return self.mu + dot + self.bu(u).squeeze(1) + self.bm(m).squeeze(1)


class Experiment:
    def __init__(self):
        torch.manual_seed(0)
        table = rating_table()
        self.train = DataLoader(Ratings(table, "train"), batch_size=100, shuffle=True)
        self.valid = DataLoader(Ratings(table, "valid"), batch_size=250)
        self.model = MatrixFactorisation()
        self.opt = torch.optim.Adam(self.model.parameters(), lr=2e-2, weight_decay=1e-5)

    def rmse(self):
        self.model.eval()
        se, n = 0.0, 0
        with torch.no_grad():
            for u, m, r in self.valid:
                se += ((self.model(u, m) - r) ** 2).sum().item()
                n += len(r)
        return (se / n) ** 0.5

    def run(self, epochs=4):
        for e in range(epochs):
            self.model.train()
            for u, m, r in self.train:
                loss = nn.functional.mse_loss(self.model(u, m), r)
                self.opt.zero_grad()
                loss.backward()
                self.opt.step()
            print(f"{e}: train batch mse {loss.item():.3f}  valid rmse {self.rmse():.3f}")


Experiment().run()
