"""Read the digits of a seven-segment display from small colour photographs.

    python exercise2_bugged.py

A photograph is (height, width, colour), as cameras and NumPy have it. Digits glow red or green, stand anywhere in the
picture, and a blue light flickers over the panel. Prints the training loss and the test accuracy of every epoch.
B is the batch size.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

SEED = 0
HEIGHT, WIDTH = 16, 12

# Which of the segments top, upper left, upper right, middle, lower left, lower right, bottom are lit.
SEGMENTS = ("1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010", "1111111", "1111011")


def draw_digit(digit: int) -> np.ndarray:
    """One digit, 11 pixels high and 6 wide."""
    picture = np.zeros((11, 6))
    strokes = (
        np.s_[0, 1:5],
        np.s_[1:5, 0],
        np.s_[1:5, 5],
        np.s_[5, 1:5],
        np.s_[6:10, 0],
        np.s_[6:10, 5],
        np.s_[10, 1:5],
    )
    for stroke, lit in zip(strokes, SEGMENTS[digit]):
        picture[stroke] = float(lit)
    return picture


def photograph(n_photos: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Photographs (N, 16, 12, 3) from 0 to about 1, and what they show (N,)."""
    digits = np.random.randint(0, 10, n_photos)
    photos = np.zeros((n_photos, HEIGHT, WIDTH, 3))
    for photo, digit in zip(photos, digits):
        top, left = np.random.randint(0, HEIGHT - 10), np.random.randint(0, WIDTH - 5)
        photo[top : top + 11, left : left + 6, np.random.randint(0, 2)] = draw_digit(digit)
    photos[..., 2] = np.random.rand(n_photos, 1, 1)
    photos += 0.2 * np.random.normal(size=photos.shape)
    return torch.tensor(photos, dtype=torch.float32), torch.tensor(digits)


class ConvBlock(nn.Module):
    """Convolution, batch norm, ReLU, and half the height and width."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, kernel_size=3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels_out)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.max_pool2d(F.relu(self.norm(self.conv(x))), 2)


class DigitReader(nn.Module):
    """Photographs (B, 16, 12, 3) to scores (B, 10)."""

    def __init__(self, channels: tuple[int, ...] = (3, 16, 32)) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([ConvBlock(a, b) for a, b in zip(channels, channels[1:])])
        self.dropout = nn.Dropout(0.4)
        self.head = nn.Linear(channels[-1] * (HEIGHT // 4) * (WIDTH // 4), 10)

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        x = photos.permute(0, 3, 1, 2)
        for block in self.blocks:
            x = block(x)
        x = x.flatten(1)
        return self.head(self.dropout(x))


def train_one_epoch(model: nn.Module, loader: DataLoader, optimizer: torch.optim.Optimizer) -> float:
    model.train()
    total, seen = 0.0, 0
    for photos, digits in loader:
        loss = F.cross_entropy(model(photos), digits)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(digits)
        seen += len(digits)
    return total / seen


def evaluate(model: nn.Module, loader: DataLoader) -> float:
    model.eval()
    hits, seen = 0, 0
    with torch.no_grad():
        for photos, digits in loader:
            predicted = model(photos).argmax(dim=1)
            hits += (predicted == digits).sum().item()
            seen += len(digits)
    return hits / seen


def main(epochs: int = 10) -> None:
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    train_loader = DataLoader(TensorDataset(*photograph(1200)), batch_size=50, shuffle=True)
    test_loader = DataLoader(TensorDataset(*photograph(450)), batch_size=100)
    model = DigitReader()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(1, epochs + 1):
        loss = train_one_epoch(model, train_loader, optimizer)
        accuracy = evaluate(model, test_loader)
        print(f"epoch {epoch}  loss {loss:.3f}  accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
