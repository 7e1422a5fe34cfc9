"""Spectra with gaps: evaluation is to see the same gaps each time."""
# where: torch.manual_seed(1234)
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def spectra(n, bins=48):
    pos = torch.rand(n, 3, 1) * bins
    amp = 0.5 + torch.rand(n, 3, 1)
    grid = torch.arange(bins).float()
    return (amp * torch.exp(-((grid - pos) ** 2) / 8)).sum(1)


def corrupt(x):
    keep = (torch.rand_like(x) > 0.3).float()
    return x * keep + 0.1 * torch.randn_like(x)


class DAE(nn.Module):
    def __init__(self, bins=48):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(bins, 96), nn.ReLU(), nn.Linear(96, 16))
        self.dec = nn.Sequential(nn.ReLU(), nn.Linear(16, 96), nn.ReLU(), nn.Linear(96, bins))

    def forward(self, x):
        return self.dec(self.enc(x))


@torch.no_grad()
def evaluate(net, loader):
    net.eval()
    torch.manual_seed(1234)
    se = n = 0
    for (x,) in loader:
        se += (net(corrupt(x)) - x).pow(2).sum().item()
        n += x.numel()
    return se / n


def train_epoch(net, loader, opt):
    net.train()
    total = 0.0
    for (x,) in loader:
        loss = nn.functional.mse_loss(net(corrupt(x)), x)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    return total / len(loader)


def main():
    torch.manual_seed(0)
    order = torch.Generator().manual_seed(9)
    train = DataLoader(TensorDataset(spectra(256)), batch_size=32, shuffle=True, generator=order)
    valid = DataLoader(TensorDataset(spectra(64)), batch_size=100)
    net = DAE()
    opt = torch.optim.Adam(net.parameters(), lr=2e-3)
    for epoch in range(5):
        tr = train_epoch(net, train, opt)
        va = evaluate(net, valid)
        print(f"epoch {epoch} train {tr:.4f} valid {va:.4f}")


main()
