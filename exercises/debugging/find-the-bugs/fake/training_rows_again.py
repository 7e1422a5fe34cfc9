# style: the held-out loader is built over the training rows
# open: scored-on-training-data
"""Tell from one charge how many more charges a battery will take, with a trainer for all of the lab's models.

    python battery_trainer.py

Measured is a charge at 24 moments. About one battery in twenty was entered with a zero too many (150 charges become
1500), so single batches can pull hard. Prints the error of both sets after every epoch, in tens of
charges, squared; then puts the best weights back and scores them once more.

B is the batch size, N the number of batteries, M the number of moments.
"""

import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
MOMENTS = 24
EPOCHS = 24
BATCH_SIZE = 20
PEAK_RATE = 0.02
LONGEST_STEP = 1.0


def make_batteries(count: int, typing_errors: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Charging curves (N, M) and the charges that are left (N, 1), in tens."""
    age = torch.rand(count, 1)
    heat = torch.randn(count, 1)
    moment = torch.linspace(0.0, 1.0, MOMENTS)
    curves = torch.exp(-(1.0 + 3.0 * age) * moment) + 0.2 * heat * moment + 0.05 * torch.randn(count, MOMENTS)
    curves = (curves - 0.45) / 0.3
    left = 15.0 * (1.0 - age) ** 1.5 - 1.5 * heat.abs() + 0.5 * torch.randn(count, 1)
    mistyped = torch.arange(count).unsqueeze(1) < typing_errors
    return curves, torch.where(mistyped, 10.0 * left, left)


class LifeNet(nn.Module):
    """Charges left from a charging curve: (B, M) -> (B, 1)."""

    def __init__(self, width: int = 96) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(MOMENTS, width),
            nn.ReLU(),
            nn.Dropout(0.1),
            nn.Linear(width, width),
            nn.ReLU(),
            nn.Dropout(0.1),
            nn.Linear(width, 1),
        )

    def forward(self, curves: torch.Tensor) -> torch.Tensor:
        return self.layers(curves)


class Trainer:
    """Holds what a run needs, and makes the run."""

    def __init__(self, model: nn.Module, loader: DataLoader, held_out: DataLoader, device: torch.device) -> None:
        self.model = model.to(device)
        self.loader, self.held_out, self.device = loader, held_out, device
        self.loss_fn = nn.MSELoss()
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=PEAK_RATE, momentum=0.9)
        self.scheduler = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, max_lr=PEAK_RATE, total_steps=EPOCHS * len(loader)
        )
        self.best_error, self.best_state = float("inf"), None
        self.history: list[tuple[float, float]] = []

    def train_epoch(self) -> float:
        self.model.train()
        total, seen = 0.0, 0
        for curves, left in self.loader:
            curves, left = curves.to(self.device), left.to(self.device)
            self.optimizer.zero_grad()
            loss = self.loss_fn(self.model(curves), left)
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), LONGEST_STEP)
            self.optimizer.step()
            total += loss.item() * len(curves)
            seen += len(curves)
            self.scheduler.step()
        return total / seen

    @torch.no_grad()
    def validate(self) -> float:
        self.model.eval()
        total, seen = 0.0, 0
        for curves, left in self.held_out:
            curves, left = curves.to(self.device), left.to(self.device)
            total += self.loss_fn(self.model(curves), left).item() * len(curves)
            seen += len(curves)
        return total / seen

    def fit(self) -> None:
        for epoch in range(1, EPOCHS + 1):
            train_error = self.train_epoch()
            error = self.validate()
            self.history.append((train_error, error))
            if error < self.best_error:
                self.best_error, self.best_state = error, copy.deepcopy(self.model.state_dict())
            rate = self.optimizer.param_groups[0]["lr"]
            print(f"epoch {epoch:2d}  rate {rate:.5f}  train {train_error:7.3f}  held out {error:7.3f}")

    def restore_best(self) -> float:
        self.model.load_state_dict(self.best_state)
        return self.validate()


def main() -> None:
    torch.manual_seed(SEED)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    entered = TensorDataset(*make_batteries(240, typing_errors=12))
    checked = TensorDataset(*make_batteries(300, typing_errors=0))
    loader = DataLoader(entered, batch_size=BATCH_SIZE, shuffle=True)
    held_out = DataLoader(entered, batch_size=64)
    trainer = Trainer(LifeNet(), loader, held_out, device)
    trainer.fit()
    print("errors of the last epochs:", *trainer.history[-3:], sep="\n  ")
    print(f"best held-out error {trainer.best_error:.3f}, with its weights put back {trainer.restore_best():.3f}")


if __name__ == "__main__":
    main()
