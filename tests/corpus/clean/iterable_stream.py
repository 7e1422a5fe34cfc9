"""An IterableDataset without an end: so many steps instead of epochs, a streaming average of the loss."""
import itertools

import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset


class Stream(IterableDataset):
    def __init__(self, seed):
        self.seed = seed

    def __iter__(self):
        generator = torch.Generator().manual_seed(self.seed)
        while True:
            x = torch.randn(5, generator=generator)
            yield x, (x[0] * x[1]).unsqueeze(0)


torch.manual_seed(20)
model = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.NAdam(model.parameters(), lr=3e-3)
loader = DataLoader(Stream(1), batch_size=32)
held_out = next(iter(DataLoader(Stream(2), batch_size=128)))

smoothed = None
for step, (x, y) in enumerate(itertools.islice(loader, 90)):
    loss = nn.functional.huber_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    smoothed = loss.item() if smoothed is None else 0.95 * smoothed + 0.05 * loss.item()
    if step % 30 == 29:
        with torch.no_grad():
            valid = nn.functional.huber_loss(model(held_out[0]), held_out[1])
        print(f"step {step + 1}: {smoothed:.4f} held out {valid.item():.4f}")
