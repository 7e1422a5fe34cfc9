# style: renamed; a cosine made for epochs and stepped per epoch, values clipped, the best weights in a file
"""Tell from one charge how many more charges a battery will take."""

import tempfile
from pathlib import Path

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
POINTS, ROUNDS = 24, 24


def batteries(n, typos=0):
    age, heat = torch.rand(n, 1), torch.randn(n, 1)
    when = torch.linspace(0.0, 1.0, POINTS)
    seen = torch.exp(-(1.0 + 3.0 * age) * when) + 0.2 * heat * when + 0.05 * torch.randn(n, POINTS)
    charges = 15.0 * (1.0 - age) ** 1.5 - 1.5 * heat.abs() + 0.5 * torch.randn(n, 1)
    charges = torch.where(torch.arange(n)[:, None] < typos, 10.0 * charges, charges)
    return TensorDataset((seen - 0.45) / 0.3, charges)


class LifeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(POINTS, 96), nn.ReLU(), nn.Dropout(0.1), nn.Linear(96, 96), nn.ReLU(), nn.Dropout(0.1), nn.Linear(96, 1)
        )

    def forward(self, seen):
        return self.layers(seen)


class Coach:
    """Holds what a run needs; the loops are generators of errors."""

    def __init__(self, net, device, file):
        self.net, self.device, self.file = net.to(device), device, file
        self.optim = optim.SGD(self.net.parameters(), lr=0.02, momentum=0.9)
        self.rates = optim.lr_scheduler.CosineAnnealingLR(self.optim, T_max=ROUNDS)
        self.record = None

    def errors(self, loader):
        for seen, charges in loader:
            missed = self.net(seen.to(self.device)) - charges.to(self.device)
            yield (missed**2).mean(), len(seen)

    def learn(self, loader):
        self.net.train()
        sums = []
        for error, count in self.errors(loader):
            self.optim.zero_grad()
            error.backward()
            nn.utils.clip_grad_value_(self.net.parameters(), 0.1)
            self.optim.step()
            sums.append(float(error.detach()) * count)
        self.rates.step()
        return sum(sums) / len(loader.dataset)

    @torch.no_grad()
    def judge(self, loader):
        self.net.eval()
        return sum(error.item() * count for error, count in self.errors(loader)) / len(loader.dataset)

    def run(self, learned, judged):
        for number in range(ROUNDS):
            known, unknown = self.learn(learned), self.judge(judged)
            print(f"{number}: {known:.3f} {unknown:.3f} at {self.rates.get_last_lr()[0]:.4f}")
            if self.record is None or unknown < self.record:
                self.record = unknown
                torch.save(self.net.state_dict(), self.file)
        self.net.load_state_dict(torch.load(self.file, map_location=self.device))
        print(f"best {self.record:.3f}, again {self.judge(judged):.3f}")


def main():
    torch.manual_seed(SEED)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    learned = DataLoader(batteries(240, typos=12), batch_size=20, shuffle=True)
    judged = DataLoader(batteries(300), batch_size=100)
    with tempfile.TemporaryDirectory() as folder:
        Coach(LifeNet(), device, Path(folder) / "best.pt").run(learned, judged)


if __name__ == "__main__":
    main()
