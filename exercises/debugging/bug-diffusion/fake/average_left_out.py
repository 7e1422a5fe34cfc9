# style: the latest weights are measured twice, and the average not at all
# open: ema-never-updated
"""Make weather for a simulator of wind farms: a small diffusion model that draws wind vectors.

    python wind_maker.py

A mast has measured the wind at one place for years. The model learns to draw new measurements: vectors (east, north)
in m/s that are spread as the measured ones are. B is the batch size, N the number of measurements.
"""

import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 5
EPOCHS = 16
BATCH = 16
STEPS = 60
CENTRE = torch.tensor([3.0, 1.0])  # (2,) in m/s, of the place
SPREAD = 5.0  # in m/s


def measure_wind(hours: int, generator: torch.Generator) -> torch.Tensor:
    """Vectors (N, 2) in m/s: mostly westerly wind, a sea breeze in summer, and now and then a northerly gale."""
    means = torch.tensor([[7.0, 1.0], [-2.0, 5.0], [1.0, -8.0]])  # (3, 2)
    widths = torch.tensor([[1.6, 0.5], [0.5, 0.9], [0.6, 1.2]])  # (3, 2)
    kind = torch.multinomial(torch.tensor([0.5, 0.3, 0.2]), hours, replacement=True, generator=generator)  # (N,)
    return means[kind] + widths[kind] * torch.randn(hours, 2, generator=generator)


def distance(drawn: torch.Tensor, measured: torch.Tensor) -> float:
    """The energy distance in m/s of two clouds (N, 2) and (M, 2); near 0 when they are spread alike."""
    between = torch.cdist(drawn, measured).mean()
    within = torch.cdist(drawn, drawn).mean() + torch.cdist(measured, measured).mean()
    return (2 * between - within).item()


class Schedule:
    """How much signal and noise there is at each of the STEPS levels, and one step back from a level."""

    def __init__(self, device: torch.device) -> None:
        self.betas = torch.linspace(1e-3, 0.2, STEPS, device=device)  # (STEPS,)
        self.kept = torch.cumprod(1 - self.betas, dim=0)  # (STEPS,)

    def mix(self, x0: torch.Tensor, noise: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        kept = self.kept[t].unsqueeze(1)  # (B, 1)
        return kept.sqrt() * x0 + (1 - kept).sqrt() * noise  # (B, 2)

    def back(self, x: torch.Tensor, noise: torch.Tensor, step: int, fresh: torch.Tensor) -> torch.Tensor:
        beta, kept = self.betas[step], self.kept[step]
        mean = (x - beta / (1 - kept).sqrt() * noise) / (1 - beta).sqrt()  # (B, 2)
        return mean + beta.sqrt() * fresh if step > 0 else mean


class NoiseModel(nn.Module):
    """The noise in a mixture: (B, 2) and levels (B,) -> (B, 2)."""

    def __init__(self, width: int = 96) -> None:
        super().__init__()
        self.level = nn.Embedding(STEPS, width)
        self.enter = nn.Linear(2, width)
        self.body = nn.Sequential(nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.leave = nn.Linear(width, 2)

    def forward(self, x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return self.leave(self.body(self.enter(x) + self.level(t)))


class Average:
    """A second model whose weights are the average of the latest ones of the first."""

    def __init__(self, model: NoiseModel, decay: float = 0.98) -> None:
        self.model = copy.deepcopy(model)
        self.decay = decay

    @torch.no_grad()
    def update(self, model: NoiseModel) -> None:
        for mine, latest in zip(self.model.parameters(), model.parameters(), strict=True):
            mine.lerp_(latest, self.decay)


def noise_error(
    model: NoiseModel, schedule: Schedule, wind: torch.Tensor, generator: torch.Generator | None = None
) -> torch.Tensor:
    """Mix each row with noise, at a level of its own, and let the model tell the noise: squared error, a scalar."""
    device = schedule.betas.device
    x0 = (wind - CENTRE) / SPREAD  # (B, 2)
    t = torch.randint(0, STEPS, (len(x0),), generator=generator)  # (B,)
    noise = torch.randn(x0.shape, generator=generator)  # (B, 2)
    x0, t, noise = x0.to(device), t.to(device), noise.to(device)
    return nn.functional.mse_loss(model(schedule.mix(x0, noise, t), t), noise)


def train_epoch(
    model: NoiseModel, average: Average, optimizer: torch.optim.Optimizer, schedule: Schedule, loader: DataLoader
) -> float:
    total = 0.0
    for (wind,) in loader:
        optimizer.zero_grad()
        loss = noise_error(model, schedule, wind)
        loss.backward()
        optimizer.step()
        average.update(model)
        total += loss.item()
    return total / len(loader)


def draw_wind(model: NoiseModel, schedule: Schedule, hours: int, seed: int) -> torch.Tensor:
    """New vectors (N, 2) in m/s out of pure noise, level by level."""
    device = schedule.betas.device
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(hours, 2, generator=generator).to(device)  # (N, 2)
    for step in reversed(range(STEPS)):
        t = torch.full((hours,), step, device=device)  # (N,)
        fresh = torch.randn(hours, 2, generator=generator).to(device)  # (N, 2)
        x = schedule.back(x, model(x, t), step, fresh)
    return CENTRE + SPREAD * x.cpu()


@torch.no_grad()
def check(model: NoiseModel, average: Average, schedule: Schedule, wind: torch.Tensor) -> tuple[float, float, float]:
    """Errors on measurements that were not trained on, and how far new ones that the average draws are from them."""
    errors = []
    for network in (model, model):
        errors.append(noise_error(network, schedule, wind, torch.Generator().manual_seed(3)).item())
    return *errors, distance(draw_wind(model, schedule, len(wind), seed=4), wind)


def main() -> None:
    torch.manual_seed(SEED)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    first_year = measure_wind(256, torch.Generator().manual_seed(1))
    second_year = measure_wind(256, torch.Generator().manual_seed(2))
    loader = DataLoader(TensorDataset(first_year), batch_size=BATCH, shuffle=True)
    schedule = Schedule(device)
    model = NoiseModel().to(device)
    average = Average(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(1, EPOCHS + 1):
        loss = train_epoch(model, average, optimizer, schedule, loader)
        latest, averaged, far = check(model, average, schedule, second_year)
        print(f"epoch {epoch:2d}  loss {loss:.3f}  held-out {latest:.3f}, averaged {averaged:.3f}  distance {far:.2f}")


if __name__ == "__main__":
    main()
