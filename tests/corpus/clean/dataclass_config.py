"""A configured experiment: dataclasses, a registry of optimizers, a trainer class with its own state."""
from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("experiment")
OPTIMIZERS = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}


@dataclass(frozen=True)
class OptimConfig:
    name: str = "adam"
    lr: float = 4e-3
    weight_decay: float = 0.0


@dataclass(frozen=True)
class Config:
    seed: int = 34
    hidden: tuple[int, ...] = (32, 16)
    dropout: float = 0.1
    epochs: int = 4
    batch_size: int = 32
    optim: OptimConfig = field(default_factory=OptimConfig)


def build_mlp(n_in: int, hidden: tuple[int, ...], n_out: int, dropout: float) -> nn.Sequential:
    layers: list[nn.Module] = []
    for width in hidden:
        layers += [nn.Linear(n_in, width), nn.LayerNorm(width), nn.ReLU(), nn.Dropout(dropout)]
        n_in = width
    return nn.Sequential(*layers, nn.Linear(n_in, n_out))


class Experiment:
    def __init__(self, config: Config) -> None:
        self.config = config
        torch.manual_seed(config.seed)
        self.model = build_mlp(5, config.hidden, 1, config.dropout)
        options = asdict(config.optim)
        self.optimizer = OPTIMIZERS[options.pop("name")](self.model.parameters(), **options)
        x = torch.randn(400, 5)
        y = x[:, 0].sin() + 0.5 * x[:, 1]
        self.train_loader = DataLoader(TensorDataset(x[:320], y[:320]), config.batch_size, shuffle=True)
        self.valid = x[320:], y[320:]
        self.step = 0

    def loss(self, x: Tensor, y: Tensor) -> Tensor:
        return nn.functional.mse_loss(self.model(x).squeeze(-1), y)

    def run(self) -> float:
        for epoch in range(self.config.epochs):
            self.model.train()
            for x, y in self.train_loader:
                loss = self.loss(x, y)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                self.step += 1
            log.info("epoch %d step %d loss %.4f valid %.4f", epoch, self.step, loss.item(), self.evaluate())
        return self.evaluate()

    @torch.inference_mode()
    def evaluate(self) -> float:
        self.model.eval()
        return self.loss(*self.valid).item()


if __name__ == "__main__":
    Experiment(Config()).run()
