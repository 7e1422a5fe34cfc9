# style: nothing is detached, and the maker is cleared too late
# open: gan-step-leaks
"""Make floods for a simulator of dykes: a small GAN that draws readings of a river gauge.

    python flood_maker.py

A reading is a pair (level, flow). While a flood rises, the river flows faster at the same level than while it falls,
so the readings of a year lie around a loop. The maker turns noise into readings, and the critic tells them from
measured ones. B is the batch size, N the number of readings.
"""

import math
from dataclasses import dataclass, field

import torch
from torch import nn

NOISE = 6


@dataclass
class Settings:
    seed: int = 0
    updates: int = 600
    batch: int = 64
    width: int = 48
    maker_rate: float = 1e-3
    critic_rate: float = 3e-3


def gauge_readings(count: int) -> torch.Tensor:
    """Readings (N, 2), scaled: the loop of the floods, more crowded where the water is low."""
    phase = 2 * math.pi * torch.rand(count)  # (N,)
    phase = phase + 0.5 * torch.sin(phase)
    level = torch.cos(phase)
    flow = 0.7 * torch.cos(phase - 0.9) + 0.3 * level**2
    return torch.stack([level, flow], dim=1) + 0.04 * torch.randn(count, 2)


def distance(drawn: torch.Tensor, measured: torch.Tensor) -> float:
    """The energy distance of two clouds (N, 2) and (M, 2): near 0 when they are spread alike."""
    between = torch.cdist(drawn, measured).mean()
    within = torch.cdist(drawn, drawn).mean() + torch.cdist(measured, measured).mean()
    return (2 * between - within).item()


def maker_network(width: int) -> nn.Sequential:
    """Readings from noise: (B, NOISE) -> (B, 2)."""
    return nn.Sequential(nn.Linear(NOISE, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2))


class Critic(nn.Module):
    """One score for each reading: (B, 2) -> (B,)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2))
        self.score = nn.Linear(width, 1)

    def forward(self, readings: torch.Tensor) -> torch.Tensor:
        return self.score(self.body(readings)).squeeze(1)


@dataclass
class Diary:
    """What there is to say about the updates since the last line of the log."""

    critic: list[float] = field(default_factory=list)
    maker: list[float] = field(default_factory=list)

    def line(self) -> str:
        critic, maker = (sum(losses[-100:]) / len(losses[-100:]) for losses in (self.critic, self.maker))
        return f"critic {critic:.3f}  maker {maker:.3f}"


class Game:
    """The maker and the critic, and how each of them learns."""

    def __init__(self, settings: Settings, device: torch.device) -> None:
        self.device = device
        self.maker = maker_network(settings.width).to(device)
        self.critic = Critic(settings.width).to(device)
        self.maker_optimizer = torch.optim.Adam(self.maker.parameters(), lr=settings.maker_rate, betas=(0.5, 0.99))
        self.critic_optimizer = torch.optim.Adam(self.critic.parameters(), lr=settings.critic_rate, betas=(0.5, 0.99))
        self.bce = nn.BCEWithLogitsLoss()
        self.diary = Diary()

    def draw(self, count: int) -> torch.Tensor:
        return self.maker(torch.randn(count, NOISE, device=self.device))

    def teach_critic(self, measured: torch.Tensor, made: torch.Tensor) -> None:
        yes, no = self.critic(measured), self.critic(made)
        loss = self.bce(yes, torch.ones_like(yes)) + self.bce(no, torch.zeros_like(no))
        self.critic_optimizer.zero_grad()
        loss.backward(retain_graph=True)
        self.critic_optimizer.step()
        self.diary.critic.append(loss.item())

    def teach_maker(self, made: torch.Tensor) -> None:
        opinion = self.critic(made)
        loss = self.bce(opinion, torch.ones_like(opinion))
        loss.backward()
        self.maker_optimizer.step()
        self.maker_optimizer.zero_grad()
        self.diary.maker.append(loss.item())


def main() -> None:
    settings = Settings()
    torch.manual_seed(settings.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    year = gauge_readings(4000).to(device)
    next_year = gauge_readings(500).to(device)
    game = Game(settings, device)
    for update in range(1, settings.updates + 1):
        measured = year[torch.randint(len(year), (settings.batch,), device=device)]  # (B, 2)
        made = game.draw(settings.batch)  # (B, 2)
        game.teach_critic(measured, made)
        game.teach_maker(made)
        if update % 100 == 0:
            with torch.no_grad():
                far = distance(game.draw(500), next_year)
            print(f"update {update}  {game.diary.line()}  distance {far:.3f}")


if __name__ == "__main__":
    main()
