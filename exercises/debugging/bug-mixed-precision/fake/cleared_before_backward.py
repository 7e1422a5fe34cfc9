# style: clear, forward, loss, backward, step, as the five verbs go; for every micro-batch
# open: accumulation-not-scaled, zero-grad-in-accumulation
"""Estimate how worn a bearing is from a short recording of its vibration.

    python bearing_wear.py

A recording is a window of 64 samples. Only four windows fit into memory at a time: sixteen such pieces make one
update. Matrix products and convolutions run with half the bits. B is the number of windows of a piece, T the number of
samples of a window.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

WINDOW = 64


@dataclass
class Settings:
    seed: int = 0
    epochs: int = 8
    micro_batch: int = 4
    micro_batches: int = 16
    rate: float = 0.03
    most_norm: float = 20.0


def record_bearings(n_windows: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Windows (N, 1, T) and wear (N, 1) between 0 and 10; a worn bearing rings at a tone of its own."""
    wear = 10.0 * torch.rand(n_windows, 1)  # (N, 1)
    moment = torch.arange(WINDOW) / WINDOW  # (T,)
    phase = 2 * math.pi * torch.rand(n_windows, 2)  # (N, 2)
    shaft = torch.sin(2 * math.pi * 3 * moment + phase[:, :1])  # (N, T)
    ring = 0.3 * wear * torch.sin(2 * math.pi * 17 * moment + phase[:, 1:])  # (N, T)
    windows = shaft + ring + 0.3 * torch.randn(n_windows, WINDOW)  # (N, T)
    return windows.unsqueeze(1), wear


class WearNet(nn.Module):
    """Wear from a window: (B, 1, T) -> (B, 1)."""

    def __init__(self, channels: int = 12) -> None:
        super().__init__()
        self.listen = nn.Conv1d(1, channels, kernel_size=9, padding=4)
        self.head = nn.Sequential(nn.Linear(channels, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        heard = torch.relu(self.listen(windows))  # (B, 1, T) -> (B, C, T)
        return self.head(heard.mean(dim=2))  # (B, C, T) -> (B, C) -> (B, 1)


class Updater:
    """Turns the losses of several pieces into one update of the weights."""

    def __init__(self, model: nn.Module, settings: Settings, updates: int, device: torch.device) -> None:
        self.model, self.settings = model, settings
        self.optimizer = torch.optim.SGD(model.parameters(), lr=settings.rate, momentum=0.9)
        self.schedule = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, T_max=updates)
        self.scaler = torch.amp.GradScaler(device.type, init_scale=2.0**20)
        self.gathered = 0
        self.norm = 0.0

    def take(self, loss: torch.Tensor) -> None:
        """Learn from one piece, and update when there have been enough of them."""
        scale = self.scaler.get_scale()
        loss = loss / self.settings.micro_batches
        self.scaler.scale(loss).backward()
        self.gathered += 1
        if self.gathered % self.settings.micro_batches == 0:
            self.scaler.unscale_(self.optimizer)
            self.norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.most_norm).item()
            self.scaler.step(self.optimizer)
            self.scaler.update()
            if self.scaler.get_scale() >= scale:  # it falls when the step was skipped
                self.schedule.step()


def train_epoch(model: nn.Module, loader: DataLoader, updater: Updater, device: torch.device) -> float:
    """One pass over the recordings; returns the mean squared error on the way."""
    model.train()
    total, seen = 0.0, 0
    for windows, wear in loader:
        windows, wear = windows.to(device), wear.to(device)
        with torch.autocast(device.type, dtype=torch.float16):
            estimate = model(windows)  # (B, 1)
            loss = nn.functional.mse_loss(estimate, wear)  # ()
        updater.optimizer.zero_grad()
        updater.take(loss)
        total += loss.item() * len(wear)
        seen += len(wear)
    return total / seen


@torch.no_grad()
def held_out_error(model: nn.Module, windows: torch.Tensor, wear: torch.Tensor, device: torch.device) -> float:
    model.eval()
    with torch.autocast(device.type, dtype=torch.float16):
        estimate = model(windows.to(device))  # (N, 1)
    return nn.functional.mse_loss(estimate.float(), wear.to(device)).item()


def main() -> None:
    settings = Settings()
    torch.manual_seed(settings.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    workshop, field = record_bearings(768), record_bearings(400)
    loader = DataLoader(TensorDataset(*workshop), batch_size=settings.micro_batch, shuffle=True, drop_last=True)
    model = WearNet().to(device)
    updates = settings.epochs * len(loader) // settings.micro_batches
    updater = Updater(model, settings, updates, device)
    for epoch in range(1, settings.epochs + 1):
        rate = updater.optimizer.param_groups[0]["lr"]
        train_error = train_epoch(model, loader, updater, device)
        error = held_out_error(model, *field, device)
        print(
            f"epoch {epoch:2d}  rate {rate:.4f}  scale {updater.scaler.get_scale():.0f}  norm {updater.norm:.2f}  "
            f"train {train_error:.3f}  held-out {error:.3f}"
        )


if __name__ == "__main__":
    main()
