# style: the learning rate is set to that of the checkpoint; averages and position start anew
# open: resume-loses-state
"""Forecast how many bikes a city will rent, in a run that is interrupted and goes on.

    python bike_demand.py

The machine is lent for some epochs at a time. When the time is up, the run writes a checkpoint; the next run builds
everything anew, reads the checkpoint and goes on, as if nothing had happened. At the end the best weights are put back
and scored once more. B is the batch size, N the number of hours, F the number of measurements of an hour.
"""

import copy
import tempfile
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 4
EPOCHS = 30
INTERRUPTED_AT = 6
BATCH_SIZE = 16
FEATURES = 12


def make_hours(n_hours: int, noise: float, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Measurements (N, F) and rentals (N, 1), in hundreds; only the first four measurements matter."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n_hours, FEATURES, generator=generator)  # (N, F)
    temperature, wind, rush, weekend = x[:, 0], x[:, 1], x[:, 2], x[:, 3]  # (N,) each
    rentals = 2.0 * torch.tanh(temperature) - 0.5 * wind + rush * (weekend < 0.5).float()  # (N,)
    miscounted = noise * torch.randn(n_hours, generator=generator)  # (N,)
    return x, (3.0 + rentals + miscounted).unsqueeze(1)  # (N, F), (N, 1)


class DemandNet(nn.Module):
    """Rentals from measurements: (B, F) -> (B, 1)."""

    def __init__(self, width: int = 192) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(FEATURES, width),
            nn.ReLU(),
            nn.Dropout(0.05),
            nn.Linear(width, width),
            nn.ReLU(),
            nn.Dropout(0.05),
        )
        self.head = nn.Linear(width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(x))  # (B, F) -> (B, width) -> (B, 1)


class Run:
    """One stretch of training: everything it needs is built here, or read from a checkpoint."""

    def __init__(self, loader: DataLoader, held_out: tuple[torch.Tensor, torch.Tensor], device: torch.device) -> None:
        self.device, self.loader, self.held_out = device, loader, held_out
        self.model = DemandNet().to(device)
        self.loss_fn = nn.MSELoss()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=8e-4, weight_decay=0.01)
        updates = EPOCHS * len(loader)
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, T_max=updates)
        self.epoch = 0
        self.best_error = float("inf")
        self.best_epoch = 0
        self.best_state = None

    def save(self, path: Path) -> None:
        checkpoint = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": self.scheduler.state_dict(),
            "epoch": self.epoch,
            "best": (self.best_error, self.best_epoch, self.best_state),
        }
        torch.save(checkpoint, path)

    def load(self, path: Path) -> None:
        checkpoint = torch.load(path, map_location=self.device)
        self.model.load_state_dict(checkpoint["model"])
        for group, saved in zip(self.optimizer.param_groups, checkpoint["optimizer"]["param_groups"]):
            group["lr"] = saved["lr"]
        self.epoch = checkpoint["epoch"]
        self.best_error, self.best_epoch, self.best_state = checkpoint["best"]

    def train_epoch(self) -> float:
        self.model.train()
        total, seen = 0.0, 0
        for x, y in self.loader:
            x, y = x.to(self.device), y.to(self.device)
            self.optimizer.zero_grad()
            loss = self.loss_fn(self.model(x), y)  # ()
            loss.backward()
            self.optimizer.step()
            self.scheduler.step()
            total += loss.item() * len(x)
            seen += len(x)
        return total / seen

    @torch.no_grad()
    def validate(self) -> float:
        self.model.eval()
        x, y = (part.to(self.device) for part in self.held_out)
        return self.loss_fn(self.model(x), y).item()

    def train_until(self, last_epoch: int) -> None:
        for epoch in range(self.epoch, last_epoch):
            torch.manual_seed(SEED + epoch)
            train_error = self.train_epoch()
            error = self.validate()
            self.epoch = epoch + 1
            rate = self.optimizer.param_groups[0]["lr"]
            print(f"epoch {self.epoch:2d}  rate {rate:.5f}  train {train_error:.3f}  held-out {error:.3f}")
            if error < self.best_error:
                self.best_error, self.best_epoch = error, self.epoch
                self.best_state = copy.deepcopy(self.model.state_dict())

    def restore_best(self) -> float:
        self.model.load_state_dict(self.best_state)
        return self.validate()


def main() -> None:
    torch.manual_seed(SEED)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    # Last year was counted by hand and badly, this year by a machine.
    last_year = make_hours(160, noise=1.5, seed=1)
    this_year = make_hours(1000, noise=0.3, seed=2)
    loader = DataLoader(TensorDataset(*last_year), batch_size=BATCH_SIZE, shuffle=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.pt"
        first = Run(loader, this_year, device)
        first.train_until(INTERRUPTED_AT)
        first.save(path)
        print("interrupted")

        second = Run(loader, this_year, device)
        second.load(path)
        second.train_until(EPOCHS)
    error = second.restore_best()
    print(f"best epoch {second.best_epoch}, held-out {second.best_error:.3f}; restored: {error:.3f}")


if __name__ == "__main__":
    main()
