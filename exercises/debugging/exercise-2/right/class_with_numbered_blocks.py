# style: blocks as attributes, einsum for the axes, reshape before the head, a class that trains, one count per epoch
"""Read the digits of a seven-segment display from small colour photographs."""

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


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16)
        self.conv2, self.norm2 = nn.Conv2d(16, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32)
        self.head = nn.Linear(384, 10)

    def forward(self, photos):
        x = torch.einsum("bhwc->bchw", photos)
        x = F.max_pool2d(self.norm1(self.conv1(x)).relu(), 2)
        x = F.max_pool2d(self.norm2(self.conv2(x)).relu(), 2)
        x = F.dropout(x.reshape(x.shape[0], -1), 0.4, self.training)
        return self.head(x)


class Trainer:
    def __init__(self, epochs):
        self.model, self.epochs = Reader(), epochs
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=4e-3)

    def run(self, train, test):
        for epoch in range(self.epochs):
            for photos, digits in train:
                self.optimizer.zero_grad()
                loss = F.cross_entropy(self.model(photos), digits)
                loss.backward()
                self.optimizer.step()
            self.model.eval()
            print(f"epoch {epoch}: accuracy {self.score(test):.3f}")
            self.model.train()

    @torch.no_grad()
    def score(self, test):
        right, rows = torch.zeros(()), 0
        for photos, digits in test:
            right += self.model(photos).max(dim=1).indices.eq(digits).sum()
            rows += digits.numel()
        return (right / rows).item()


def main():
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    train = DataLoader(TensorDataset(*photograph(1200)), batch_size=60, shuffle=True)
    test = DataLoader(TensorDataset(*photograph(450)), batch_size=450 // 4)
    Trainer(epochs=10).run(train, test)


if __name__ == "__main__":
    main()
