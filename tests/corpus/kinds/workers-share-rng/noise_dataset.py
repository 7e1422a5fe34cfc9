# break: NoisySignals.__getitem__.noise
# where: for signals, targets in loader
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class NoisySignals(Dataset):
    def __init__(self, count, level):
        self.level = level
        self.phase = np.linspace(0, 6, count, dtype=np.float32)
        self.time = np.linspace(0, 3, 10, dtype=np.float32)

    def __len__(self):
        return len(self.phase)

    def __getitem__(self, index):
        signal = np.sin(self.time + self.phase[index])
        noise = np.random.normal(0.0, self.level, size=signal.shape)
        return torch.from_numpy((signal + noise).astype(np.float32)), torch.tensor([self.phase[index]])


torch.manual_seed(0)
loader = DataLoader(NoisySignals(64, 0.1), batch_size=16, shuffle=True, num_workers=2)
model = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(2):
    for signals, targets in loader:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(signals), targets)
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
