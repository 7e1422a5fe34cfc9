import torch
from torch import nn

torch.manual_seed(0)


class Pyramid(nn.Module):
    """Halves the number of frames by putting neighbours side by side, twice."""

    def __init__(self):
        super().__init__()
        self.low = nn.GRU(6, 10, batch_first=True)
        self.high = nn.GRU(20, 10, batch_first=True)
        self.out = nn.Linear(10 * 6, 3)

    def forward(self, sound):
        frames, _ = self.low(sound)
        frames = frames.reshape(frames.size(0), frames.size(1) // 2, -1)
        frames, _ = self.high(frames)
        return self.out(frames.reshape(len(frames), -1))


sounds, labels = torch.randn(96, 12, 6), torch.randint(0, 3, (96,))
net = Pyramid()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for _ in range(3):
    for rows in torch.randperm(96).split(16):
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(sounds[rows]), labels[rows]).backward()
        optimizer.step()
