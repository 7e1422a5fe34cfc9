# style: Adam, a schedule of two parts, sums of squares over rows, the trainer kept
"""Tell from one charge how many more charges a battery will take, with a trainer for all of the lab's models."""

from copy import deepcopy

import torch
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
MOMENTS = 24
EPOCHS = 24


def make_batteries(count: int, typing_errors: int) -> tuple[torch.Tensor, torch.Tensor]:
    age = torch.rand(count, 1)
    heat = torch.randn(count, 1)
    moment = torch.linspace(0.0, 1.0, MOMENTS)
    curves = torch.exp(-(1.0 + 3.0 * age) * moment) + 0.2 * heat * moment + 0.05 * torch.randn(count, MOMENTS)
    left = 15.0 * (1.0 - age) ** 1.5 - 1.5 * heat.abs() + 0.5 * torch.randn(count, 1)
    left[:typing_errors] = 10.0 * left[:typing_errors]
    return (curves - 0.45) / 0.3, left


class LifeNet(nn.Module):
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
    def __init__(self, model, loader, held_out, device):
        self.model = model.to(device)
        self.loader, self.held_out, self.device = loader, held_out, device
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=6e-3)
        steps = EPOCHS * len(loader)
        parts = [
            LinearLR(self.optimizer, start_factor=0.1, total_iters=steps // 10),
            CosineAnnealingLR(self.optimizer, T_max=steps - steps // 10),
        ]
        self.scheduler = SequentialLR(self.optimizer, parts, milestones=[steps // 10])
        self.best_error, self.best_model = float("inf"), None

    def step(self, curves, left):
        loss = nn.functional.mse_loss(self.model(curves), left)
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), max_norm=1.0)
        self.optimizer.step()
        self.scheduler.step()
        return loss.item()

    def fit(self):
        for epoch in range(EPOCHS):
            self.model.train()
            losses = [self.step(curves.to(self.device), left.to(self.device)) for curves, left in self.loader]
            error = self.validate(self.model)
            print(f"epoch {epoch + 1:2d}  train {sum(losses) / len(losses):8.3f}  held out {error:.3f}")
            if error < self.best_error:
                self.best_error, self.best_model = error, deepcopy(self.model)
        self.model.load_state_dict(self.best_model.state_dict())

    def validate(self, model):
        model.eval()
        squares, rows = 0.0, 0
        with torch.no_grad():
            for curves, left in self.held_out:
                missed = model(curves.to(self.device)).cpu() - left
                squares += missed.square().sum().item()
                rows += missed.shape[0]
        return squares / rows


def main() -> None:
    torch.manual_seed(SEED)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loader = DataLoader(TensorDataset(*make_batteries(240, 12)), batch_size=20, shuffle=True)
    held_out = DataLoader(TensorDataset(*make_batteries(300, 0)), batch_size=64)
    trainer = Trainer(LifeNet(), loader, held_out, device)
    trainer.fit()
    print(f"best {trainer.best_error:.3f}, put back {trainer.validate(trainer.model):.3f}")


if __name__ == "__main__":
    main()
