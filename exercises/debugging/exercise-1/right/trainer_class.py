# style: a class with other method names, NLLLoss on log-probabilities, labels turned to int64 in NumPy, topk for the best class
"""Sort beans into four varieties by six measurements of each bean."""

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

TYPICAL = np.array(
    [
        [0.2, 0.9, 0.6, 0.3, -0.7, 1.6],
        [-0.9, -0.4, -0.8, -1.5, 0.5, -1.2],
        [1.3, 0.2, 0.9, 1.4, 1.1, -1.0],
        [-0.6, -0.3, -0.5, -0.2, -0.9, 0.7],
    ]
)


class Beans(Dataset):
    def __init__(self, n_beans):
        variety = np.random.randint(0, 4, n_beans)
        measured = TYPICAL[variety] + 0.8 * np.random.normal(size=(n_beans, 6))
        table = np.column_stack([measured, variety]).astype(np.float32)
        self.x, self.y = table[:, :6], table[:, 6].astype(np.int64)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return self.x[i], self.y[i]


class Sorter(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.third = nn.Linear(6, 32), nn.Linear(32, 32), nn.Linear(32, 4)

    def forward(self, x):
        x = torch.relu(self.first(x))
        x = torch.relu(self.second(x))
        return torch.log_softmax(self.third(x), dim=-1)


class Laboratory:
    def __init__(self):
        self.net = Sorter()
        self.loss = nn.NLLLoss()
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=5e-3)

    def fit(self, beans, epochs=10):
        for epoch in range(epochs):
            self.net.train()
            for x, y in DataLoader(beans, batch_size=60, shuffle=True):
                loss = self.loss(self.net(x), y)
                self.optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
                self.optimizer.step()
            yield epoch, loss.item()

    def score(self, beans):
        self.net.eval()
        hits = 0
        for x, y in DataLoader(beans, batch_size=150):
            with torch.no_grad():
                guess = self.net(x).topk(1, dim=-1).indices.squeeze(-1)
            hits += int((y == guess).sum())
        return hits / len(beans)


def main():
    np.random.seed(0)
    torch.manual_seed(0)
    lab, train, test = Laboratory(), Beans(1200), Beans(600)
    for epoch, loss in lab.fit(train):
        print(f"epoch {epoch}: loss {loss:.3f}, accuracy {lab.score(test):.3f}")


if __name__ == "__main__":
    main()
