# style: the sum over one axis of the square, the mean over the other
# open: target-shape-broadcast
"""Estimate the price of second-hand guitars from age, condition, brand value and rarity.

    python guitars.py

Prices are in hundreds. Prints the training loss of every tenth epoch, then the mean error on other guitars, beside that
of always answering the mean price.
"""

import torch
from torch import nn

SEED = 0


def offers(n_guitars: int = 900) -> tuple[torch.Tensor, torch.Tensor]:
    """Four properties (N, 4), roughly standardised, and prices."""
    properties = torch.randn(n_guitars, 4)
    age, condition, brand, rarity = properties.unbind(dim=1)
    price = 6.0 + 2.0 * brand + 1.2 * condition - age + rarity.clamp(min=0) * (1.0 + age.clamp(min=0))
    target = price + 0.4 * torch.randn(n_guitars)
    return properties, target


class PriceNet(nn.Module):
    """(B, 4) -> (B, 1)."""

    def __init__(self, hidden: int = 32) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(4, hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 1),
        )

    def forward(self, properties: torch.Tensor) -> torch.Tensor:
        return self.layers(properties)


def squared_error(predicted: torch.Tensor, price: torch.Tensor) -> torch.Tensor:
    """The loss."""
    return ((predicted - price) ** 2).sum(dim=1).mean() / len(price)


def train(net: nn.Module, properties: torch.Tensor, price: torch.Tensor, epochs: int = 30) -> None:
    """Minimise the squared error on batches of 30."""
    optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
    for epoch in range(1, epochs + 1):
        losses = []
        for rows in torch.randperm(len(properties)).split(30):
            loss = squared_error(net(properties[rows]), price[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        if epoch % 10 == 0:
            print(f"epoch {epoch:2d}  loss {sum(losses) / len(losses):.3f}")


def main() -> None:
    torch.manual_seed(SEED)
    net = PriceNet()
    properties, price = offers()
    train(net, properties, price)
    properties, others = offers(400)
    with torch.no_grad():
        predicted = net(properties)
    of_mean = (others - price.mean()).square().mean().item()
    error = (predicted.flatten() - others.flatten()).square().mean().item()
    print(f"error {error:.3f}, of the mean price {of_mean:.3f}")
    print(f"predictions from {predicted.min().item():.2f} to {predicted.max().item():.2f}")


if __name__ == "__main__":
    main()
