# style: copied to the device of the readings in every forward pass, saved nowhere
# open: none
"""Tell from three sensors whether a pump is healthy, worn or leaking.

    python pumps.py

The sensors speak in their own units, so the network scales them itself, by what it saw in the training data. Prints
the training loss, then the accuracy of the trained network and of a copy that is loaded from its saved state, and
where the tensors of both live.
"""

import io

import torch
from torch import nn

SEED = 0
# Pressure in pascal, temperature in kelvin, vibration in metres.
NORMAL = torch.tensor([310_000.0, 330.0, 0.0004])
SPREAD = torch.tensor([9_000.0, 5.0, 0.0001])
SIGNS = torch.tensor([[0.0, 0.0, 0.0], [-0.5, 2.0, 2.5], [-2.5, -0.5, 1.5]])


def measure_pumps(n_pumps: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Readings (N, 3) and states (N,) of pumps."""
    state = torch.randint(0, 3, (n_pumps,))
    return NORMAL + SPREAD * (SIGNS[state] + torch.randn(n_pumps, 3)), state


class PumpNet(nn.Module):
    """Scales the readings, then scores the three states: (B, 3) -> (B, 3)."""

    def __init__(self, hidden: int = 24) -> None:
        super().__init__()
        self.moments = torch.tensor([[0.0] * 3, [1.0] * 3])  # mean and standard deviation
        self.layers = nn.Sequential(nn.Linear(3, hidden), nn.ReLU(), nn.Linear(hidden, 3))

    def fit_scale(self, readings: torch.Tensor) -> None:
        """Take over mean and standard deviation of the training data."""
        self.moments = torch.stack([readings.mean(dim=0), readings.std(dim=0)])

    def forward(self, readings: torch.Tensor) -> torch.Tensor:
        mean, deviation = self.moments.to(readings.device)
        return self.layers((readings - mean) / deviation)


def train(net: PumpNet, readings: torch.Tensor, state: torch.Tensor, device: torch.device, epochs: int = 20) -> None:
    """Minimise the cross-entropy on batches of 50."""
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for epoch in range(1, epochs + 1):
        total = 0.0
        for rows in torch.randperm(len(readings)).split(50):
            scores = net(readings[rows].to(device))
            loss = nn.functional.cross_entropy(scores, state[rows].to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows) / len(readings)
        if epoch % 5 == 0:
            print(f"epoch {epoch:2d}  loss {total:.4f}")


def inspect(name: str, net: PumpNet, device: torch.device) -> None:
    """Print the accuracy on new pumps, and every tensor of the network's state."""
    readings, state = measure_pumps(600)
    with torch.no_grad():
        right = net(readings.to(device)).argmax(dim=1) == state.to(device)
    print(f"{name}: accuracy {right.float().mean().item():.3f}")
    for key, tensor in net.state_dict().items():
        print(f"    {key:15s} {tuple(tensor.shape)!s:8s} on {tensor.device.type}")


def main() -> None:
    torch.manual_seed(SEED)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    readings, state = measure_pumps(1000)
    net = PumpNet()
    net.fit_scale(readings)
    net.to(device)
    train(net, readings, state, device)
    inspect("trained", net, device)
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    file.seek(0)
    copy = PumpNet().to(device)
    copy.load_state_dict(torch.load(file, map_location=device))
    inspect("loaded", copy, device)


if __name__ == "__main__":
    main()
