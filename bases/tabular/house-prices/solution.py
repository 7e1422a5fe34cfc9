"""Predict made-up house prices from five features, with early stopping and the best weights kept."""

import copy
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


@dataclass
class Config:
    epochs: int = 14
    batch_size: int = 32
    lr: float = 0.02
    momentum: float = 0.9
    patience: int = 6
    device: str = "cuda" if torch.cuda.is_available() else "cpu"


def make_houses(rows=700):
    """Features (N, 5) and prices (N,), as NumPy makes them."""
    area = np.random.uniform(40, 200, rows)
    rooms = np.round(area / 30 + np.random.normal(0, 0.6, rows))
    age = np.random.uniform(0, 80, rows)
    distance = np.random.exponential(8, rows)
    garden = np.random.binomial(1, 0.4, rows)
    price = 2.1 * area + 9 * rooms - 0.9 * age - 2.5 * distance + 25 * garden + 0.004 * (area - 100) ** 2
    price = price + np.random.normal(0, 8, rows)
    return np.stack([area, rooms, age, distance, garden], axis=1), price


class Houses(Dataset):
    def __init__(self, features, prices):
        self.features = torch.as_tensor(features, dtype=torch.float32)
        self.prices = torch.as_tensor(prices, dtype=torch.float32).unsqueeze(1)

    def __len__(self):
        return len(self.prices)

    def __getitem__(self, index):
        return self.features[index], self.prices[index]


class PriceNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(5, 32),
            nn.ReLU(),
            nn.Dropout(0.05),
            nn.Linear(32, 32),
            nn.ReLU(),
            nn.Linear(32, 1),
        )

    def forward(self, features):
        return self.layers(features)


class Experiment:
    def __init__(self, config):
        self.config = config
        features, prices = make_houses()
        train, held_out = slice(0, 560), slice(560, None)
        mean, spread = features[train].mean(0), features[train].std(0)
        features = (features - mean) / spread
        prices = (prices - prices[train].mean()) / prices[train].std()
        self.train_loader = DataLoader(Houses(features[train], prices[train]), config.batch_size, shuffle=True)
        self.val_loader = DataLoader(Houses(features[held_out], prices[held_out]), batch_size=70)
        self.net = PriceNet().to(config.device)
        self.criterion = nn.SmoothL1Loss()
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=config.lr, momentum=config.momentum)
        self.scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, step_size=5, gamma=0.5)

    def fit_epoch(self):
        self.net.train()
        losses = []
        for features, prices in self.train_loader:
            features, prices = features.to(self.config.device), prices.to(self.config.device)
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.criterion(self.net(features), prices)
            loss.backward()
            self.optimizer.step()
            losses.append(loss.item())
        self.scheduler.step()
        return sum(losses) / len(losses)

    @torch.inference_mode()
    def validate(self):
        self.net.eval()
        total = rows = 0
        for features, prices in self.val_loader:
            predicted = self.net(features.to(self.config.device)).cpu()
            total += (predicted - prices).square().sum().item()
            rows += len(prices)
        return total / rows

    def run(self):
        best, best_state, waited = float("inf"), None, 0
        for epoch in range(self.config.epochs):
            loss, error = self.fit_epoch(), self.validate()
            print(f"epoch {epoch:2d}  loss {loss:.4f}  held-out mse {error:.4f}")
            if error < best:
                best, best_state, waited = error, copy.deepcopy(self.net.state_dict()), 0
            else:
                waited += 1
                if waited == self.config.patience:
                    break
        self.net.load_state_dict(best_state)
        print(f"best held-out mse {best:.4f}")


if __name__ == "__main__":
    Experiment(Config()).run()
