"""A mixture of experts: each sample is shared out among them."""
# where: gates = F.softmax
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset, random_split


class Expert(nn.Module):
    def __init__(self, d_in, hidden, d_out):
        super().__init__()
        self.up = nn.Linear(d_in, hidden)
        self.down = nn.Linear(hidden, d_out)

    def forward(self, x):
        return self.down(F.gelu(self.up(x)))


class MixtureOfExperts(nn.Module):
    def __init__(self, d_in, d_out, n_experts=4, hidden=16):
        super().__init__()
        self.experts = nn.ModuleList(Expert(d_in, hidden, d_out) for _ in range(n_experts))
        self.router = nn.Sequential(nn.Linear(d_in, 16), nn.Tanh(), nn.Linear(16, n_experts))

    def forward(self, x):
        gates = F.softmax(self.router(x), dim=0)
        outs = torch.stack([e(x) for e in self.experts], dim=1)
        return torch.einsum("be,beo->bo", gates, outs)


def piecewise(n):
    x = torch.randn(n, 6)
    region = (x[:, 0] > 0).long() * 2 + (x[:, 1] > 0).long()
    w = torch.randn(4, 6)
    y = (w[region] * x).sum(1, keepdim=True)
    return TensorDataset(x, (y + 0.05 * torch.randn(n, 1)) / y.std())


def mse_over(model, loader):
    se, n = 0.0, 0
    with torch.no_grad():
        for x, y in loader:
            se += F.mse_loss(model(x), y, reduction="sum").item()
            n += len(y)
    return se / n


def main():
    torch.manual_seed(13)
    train, val = random_split(piecewise(1500), [1200, 300])
    train_loader = DataLoader(train, batch_size=60, shuffle=True)
    val_loader = DataLoader(val, batch_size=60)
    model = MixtureOfExperts(6, 1)
    opt = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for epoch in range(2):
        model.train()
        for x, y in train_loader:
            opt.zero_grad(set_to_none=True)
            loss = F.mse_loss(model(x), y)
            loss.backward()
            opt.step()
        model.eval()
        print(f"epoch {epoch}: batch loss {loss.item():.4f} val mse {mse_over(model, val_loader):.4f}")


if __name__ == "__main__":
    main()
