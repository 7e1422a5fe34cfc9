import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class FixedNoise(Dataset):
    def __init__(self, count):
        self.rng = np.random.default_rng(3)
        self.x = self.rng.standard_normal((count, 3)).astype(np.float32)
        self.noise = (0.1 * self.rng.standard_normal((count, 3))).astype(np.float32)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, index):
        return torch.from_numpy(self.x[index] + self.noise[index]), torch.tensor(self.x[index].sum())


torch.manual_seed(0)
loader = DataLoader(FixedNoise(40), batch_size=10, num_workers=1)
model = nn.Linear(3, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
for epoch in range(2):
    for x, y in loader:
        optimizer.zero_grad()
        loss = nn.functional.l1_loss(model(x).squeeze(1), y)
        loss.backward()
        optimizer.step()
    print(loss.item())
