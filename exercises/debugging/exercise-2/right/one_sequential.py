# style: one nn.Sequential, movedim at the loop, train(False), hits gathered in a list, own batches
"""Read the digits of a seven-segment display from small colour photographs."""

import numpy as np
import torch
from torch import nn

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


def reader():
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1, bias=False),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.4),
        nn.Linear(384, 10),
    )


def main():
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    photos, digits = photograph(1200)
    new_photos, new_digits = photograph(450)
    photos, new_photos = photos.movedim(-1, 1), new_photos.movedim(-1, 1)
    net = reader()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
    for epoch in range(10):
        net.train(True)
        for rows in torch.randperm(len(digits)).split(40):
            net.zero_grad()
            loss = criterion(net(photos[rows]), digits[rows])
            loss.backward()
            optimizer.step()
        net.train(False)
        found = []
        with torch.inference_mode():
            for part, truth in zip(new_photos.split(90), new_digits.split(90)):
                found.extend((net(part).argmax(1) == truth).tolist())
        print(epoch, loss.item(), sum(found) / len(found))


if __name__ == "__main__":
    main()
