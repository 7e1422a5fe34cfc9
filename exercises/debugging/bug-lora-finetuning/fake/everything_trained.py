# style: no adapters, the whole network is trained
# open: wrong-part-frozen, adapter-not-identity, missing-eval-mode
"""Teach a spectrometer that knows apples to measure pears: fine-tuning with low-rank adapters.

    python pear_sensor.py

The base was trained on thousands of apples and is shared by many sensors, so nobody may change it. Each sensor gets
adapters and a head of its own, learnt from the few pears that were taken to a laboratory. B is the number of fruits.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

BANDS = 48
WIDTH = 64
APPLE_QUANTITIES = 4  # sugar, acid, water, starch
PEAR_QUANTITIES = 2  # sugar, acid


@dataclass
class Settings:
    seed: int = 0
    epochs: int = 20
    batch: int = 16
    rate: float = 4e-3
    rank: int = 4
    alpha: float = 16.0
    dropout: float = 0.05


def measure_fruits(count: int, pears: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Spectra (N, BANDS) and what the laboratory says of each fruit (N, 4) or, of pears, (N, 2)."""
    contents = torch.rand(count, APPLE_QUANTITIES)  # (N, 4)
    wave = torch.linspace(0, 1, BANDS)  # (BANDS,)
    centres = torch.tensor([0.2, 0.4, 0.55, 0.8]) + (0.03 if pears else 0.0)  # (4,)
    peaks = torch.exp(-(((wave - centres[:, None]) / 0.12) ** 2))  # (4, BANDS)
    spectra = torch.exp(-2.0 * contents @ peaks)  # (N, BANDS)
    if pears:  # the skin scatters light, differently from fruit to fruit
        spectra = spectra + 0.1 * torch.randn(count, 2) @ torch.stack([wave, torch.sin(2 * math.pi * wave)])
    spectra = spectra + 0.01 * torch.randn(count, BANDS)
    return 4.0 * (spectra - 0.4), 10.0 * contents[:, : PEAR_QUANTITIES if pears else APPLE_QUANTITIES]


class Estimator(nn.Module):
    """Quantities from spectra: (B, BANDS) -> (B, quantities)."""

    def __init__(self, quantities: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Linear(BANDS, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU()
        )
        self.head = nn.Linear(WIDTH, quantities)

    def forward(self, spectra: torch.Tensor) -> torch.Tensor:
        return self.head(self.encoder(spectra))


class Adapted(nn.Module):
    """A linear layer of the base, and beside it a low-rank update: W x + b + alpha / rank * U (D x)."""

    def __init__(self, layer: nn.Linear, settings: Settings) -> None:
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(torch.randn(settings.rank, layer.in_features) / math.sqrt(layer.in_features))
        self.up = nn.Parameter(torch.zeros(layer.out_features, settings.rank))
        self.dropout = nn.Dropout(settings.dropout)
        self.scale = settings.alpha / settings.rank
        self.on = True

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        known = self.layer(x)
        if not self.on:
            return known
        return known + self.scale * (self.dropout(x) @ self.down.T) @ self.up.T


def insert_adapters(encoder: nn.Sequential, settings: Settings) -> None:
    """Put an adapter beside each linear layer."""
    for place, layer in enumerate(encoder):
        if isinstance(layer, nn.Linear):
            encoder[place] = Adapted(layer, settings)


@contextmanager
def adapters_off(network: nn.Module) -> Iterator[None]:
    """What the base says by itself."""
    adapters = [module for module in network.modules() if isinstance(module, Adapted)]
    for adapter in adapters:
        adapter.on = False
    try:
        yield
    finally:
        for adapter in adapters:
            adapter.on = True


def fit(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    spectra: torch.Tensor,
    wanted: torch.Tensor,
    batch: int,
) -> float:
    """One epoch; returns the mean squared error on the way."""
    network.train()
    total = 0.0
    for rows in torch.randperm(len(spectra), device=spectra.device).split(batch):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(network(spectra[rows]), wanted[rows])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / len(spectra)


@torch.no_grad()
def error(network: nn.Module, spectra: torch.Tensor, wanted: torch.Tensor) -> float:
    """The mean squared error on fruits that were not trained on."""
    network.eval()
    return nn.functional.mse_loss(network(spectra), wanted).item()


def train_base(settings: Settings, device: torch.device) -> dict[str, torch.Tensor]:
    """The weights of an estimator for apples, as they would come from a file."""
    network = Estimator(APPLE_QUANTITIES).to(device)
    spectra, wanted = (part.to(device) for part in measure_fruits(2000, pears=False))
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    for _ in range(12):
        fit(network, optimizer, spectra, wanted, batch=50)
    return network.state_dict()


def prepare(
    base: dict[str, torch.Tensor], settings: Settings, device: torch.device
) -> tuple[Estimator, torch.optim.Optimizer]:
    """An estimator for pears: the encoder of the base with adapters, and a new head."""
    network = Estimator(PEAR_QUANTITIES).to(device)
    known = {name.removeprefix("encoder."): weight for name, weight in base.items() if name.startswith("encoder.")}
    network.encoder.load_state_dict(known)
    learnt = [weight for weight in network.parameters() if weight.requires_grad]
    optimizer = torch.optim.Adam(learnt, lr=settings.rate)
    count = sum(weight.numel() for weight in learnt)
    print(f"{count} of {sum(weight.numel() for weight in network.parameters())} numbers are learnt")
    return network, optimizer


@torch.no_grad()
def apple_error(
    network: Estimator, base: dict[str, torch.Tensor], spectra: torch.Tensor, wanted: torch.Tensor
) -> float:
    """What the encoder is worth for all other sensors: adapters off, and the head that came with the base."""
    network.eval()
    with adapters_off(network):
        features = network.encoder(spectra)  # (N, WIDTH)
    return nn.functional.mse_loss(features @ base["head.weight"].T + base["head.bias"], wanted).item()


def main() -> None:
    settings = Settings()
    torch.manual_seed(settings.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    base = train_base(settings, device)
    apples, told = (part.to(device) for part in measure_fruits(400, pears=False))
    spectra, wanted = (part.to(device) for part in measure_fruits(96, pears=True))
    new_spectra, new_wanted = (part.to(device) for part in measure_fruits(400, pears=True))

    network, optimizer = prepare(base, settings, device)
    print(f"apples, adapters off: error {apple_error(network, base, apples, told):.4f}")
    for epoch in range(1, settings.epochs + 1):
        loss = fit(network, optimizer, spectra, wanted, settings.batch)
        if epoch % 4 == 0:
            print(f"epoch {epoch:2d}  loss {loss:.3f}  held-out {error(network, new_spectra, new_wanted):.3f}")
    print(f"apples, adapters off: error {apple_error(network, base, apples, told):.4f}")


if __name__ == "__main__":
    main()
