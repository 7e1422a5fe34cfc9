# style: errors sets the mode itself and puts it back
"""Watch a machine by its sound: learn what normal sounds like, and raise an alarm for anything else.

    python alarm.py

An autoencoder is trained on normal sounds alone (24 numbers each). Its error on held-out normal sounds then sets the
alarm level: the error that 95 % of them stay below. Prints both, and how many false and true alarms it raises.
"""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
WIDTH, TONES = 24, 4
BASIS = torch.sin(torch.arange(WIDTH) * torch.arange(1, TONES + 1).unsqueeze(1) * 0.4)  # (4, 24)


def record(n_sounds: int, damage: float = 0.0) -> torch.Tensor:
    """Sounds (N, 24): mixtures of four tones, a little noise, and a knock of the given strength."""
    sounds = torch.randn(n_sounds, TONES).clamp(-2, 2) @ BASIS + 0.1 * torch.randn(n_sounds, WIDTH)
    knock = torch.zeros(n_sounds, WIDTH)
    knock[torch.arange(n_sounds), torch.randint(0, WIDTH, (n_sounds,))] = damage
    return sounds + knock


class Listener(nn.Module):
    """Repeats a sound through a narrow layer, and keeps the alarm level."""

    def __init__(self, hidden: int = 64) -> None:
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(WIDTH, hidden), nn.ReLU(), nn.Dropout(0.2), nn.Linear(hidden, 6))
        self.decode = nn.Sequential(nn.Linear(6, hidden), nn.ReLU(), nn.Linear(hidden, WIDTH))
        self.register_buffer("level", torch.tensor(0.0))

    def forward(self, sounds: torch.Tensor) -> torch.Tensor:
        return self.decode(self.encode(sounds))


def errors(net: Listener, sounds: torch.Tensor) -> torch.Tensor:
    """Mean squared error of each sound's repetition: (N, 24) -> (N,)."""
    before = net.training
    net.train(False)
    try:
        with torch.inference_mode():
            found = [(net(part) - part).square().mean(dim=1) for part in sounds.split(100)]
    finally:
        net.train(before)
    return torch.cat(found).clone()


def train(net: Listener, sounds: torch.Tensor, epochs: int = 25) -> None:
    """Minimise the error on normal sounds."""
    optimizer = torch.optim.Adam(net.parameters(), lr=0.003)
    for epoch in range(1, epochs + 1):
        net.train()
        total = 0.0
        for (batch,) in DataLoader(TensorDataset(sounds), batch_size=50, shuffle=True):
            loss = nn.functional.mse_loss(net(batch), batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch) / len(sounds)
        if epoch % 5 == 0:
            print(f"epoch {epoch:2d}  error {total:.4f}")


def set_level(net: Listener, sounds: torch.Tensor) -> None:
    """Let 95 % of these normal sounds pass without an alarm."""
    found = errors(net, sounds)
    net.level.copy_(found.quantile(0.95))
    print(f"median error {found.median().item():.4f}, alarm level {net.level.item():.4f}")


def main() -> None:
    torch.manual_seed(SEED)
    net = Listener()
    train(net, record(2000))
    set_level(net, record(500))
    net.eval()
    for name, damage in (("normal", 0.0), ("damaged", 1.7)):
        alarms = (errors(net, record(1000, damage)) > net.level).float().mean().item()
        print(f"{name:8s} sounds: {alarms:6.1%} alarms")


if __name__ == "__main__":
    main()
