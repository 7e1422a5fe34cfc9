# break: GestureNet.forward.x
# where: x.reshape(
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(3)

# 240 recordings of 12 time steps from 4 sensors; the label says which sensor rises.
noise = 0.3 * torch.randn(240, 12, 4)
labels = torch.randint(0, 4, (240,))
ramp = torch.linspace(-1, 1, 12)
recordings = noise + ramp[None, :, None] * nn.functional.one_hot(labels, 4)[:, None, :]


class GestureNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 16)
        self.head = nn.Linear(16, 4)

    def forward(self, x):
        # (batch, time, sensors) to (time, batch, sensors)
        x = x.transpose(0, 1)
        states, _ = self.lstm(x)
        return self.head(states[-1])


loader = DataLoader(TensorDataset(recordings[:200], labels[:200]), batch_size=20, shuffle=True)
model = GestureNet()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(6):
    for x, y in loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
model.eval()
with torch.no_grad():
    hits = (model(recordings[200:]).argmax(1) == labels[200:]).float().mean()
print(f"held out: loss {loss.item():.3f}, accuracy {hits:.2f}")
