# style: the head takes the whole batch as one row: now the loss fails
# open: batch-dimension-merged
# verdict: runtime_error
"""Tell where an arrow on a noisy 12 x 12 picture points: up, right, down or left.

    python arrows.py

Prints the training loss of every other epoch, then the accuracy on new pictures.
"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
SIZE = 12


def draw(n_pictures: int = 1200, noise: float = 0.25) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures (N, 1, 12, 12) of arrows at random places, and their directions (N,)."""
    arrow = torch.zeros(5, 5)
    arrow[:, 2] = 1.0
    arrow[1, 1:4] = 1.0
    arrow[2, [0, 4]] = 1.0
    pictures = noise * torch.randn(n_pictures, 1, SIZE, SIZE)
    direction = torch.randint(0, 4, (n_pictures,))
    corner = torch.randint(0, SIZE - 4, (n_pictures, 2))
    for picture, turn, (top, left) in zip(pictures, direction.tolist(), corner.tolist(), strict=True):
        picture[0, top : top + 5, left : left + 5] += torch.rot90(arrow, -turn)
    return pictures, direction


class ArrowNet(nn.Module):
    """Two convolutions and a linear head: (B, 1, 12, 12) -> (B, 4)."""

    def __init__(self, width: int = 12) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, width, kernel_size=5, padding=2)
        self.second = nn.Conv2d(width, 2 * width, kernel_size=3, padding=1)
        self.head = nn.Linear(40 * 2 * width * 3 * 3, 4)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(F.relu(self.first(pictures)), 2)
        x = F.max_pool2d(F.relu(self.second(x)), 2)
        x = torch.flatten(x)
        return self.head(x)


class Trainer:
    """Trains a network and scores it."""

    def __init__(self, net: nn.Module, lr: float = 0.006) -> None:
        self.net = net
        self.optimizer = torch.optim.Adam(net.parameters(), lr=lr)

    def fit(self, batches: DataLoader, epochs: int = 10) -> None:
        for epoch in range(1, epochs + 1):
            self.net.train()
            losses = [self.update(*batch) for batch in batches]
            if epoch % 2 == 0:
                print(f"epoch {epoch:2d}  loss {sum(losses) / len(losses):.4f}")

    def update(self, pictures: torch.Tensor, direction: torch.Tensor) -> float:
        loss = F.cross_entropy(self.net(pictures), direction)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.no_grad()
    def accuracy(self, pictures: torch.Tensor, direction: torch.Tensor) -> float:
        self.net.eval()
        return (self.net(pictures).argmax(dim=1) == direction).float().mean().item()


def main() -> None:
    torch.manual_seed(SEED)
    trainer = Trainer(ArrowNet())
    trainer.fit(DataLoader(TensorDataset(*draw()), batch_size=40, shuffle=True))
    print(f"accuracy {trainer.accuracy(*draw(400)):.3f}")


if __name__ == "__main__":
    main()
