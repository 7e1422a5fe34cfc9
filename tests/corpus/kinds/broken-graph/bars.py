# break: BarNet.forward.h
# where: scores = model(image[rows])
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(3)
kind = torch.randint(0, 2, (300,))
image = torch.randn(300, 1, 9, 9) * 0.7
for row, upright in enumerate(kind):
    at = int(torch.randint(0, 9, ()))
    if upright:
        image[row, 0, :, at] += 1.5
    else:
        image[row, 0, at] += 1.5


class BarNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 5)
        self.head = nn.Linear(6, 2)

    def forward(self, x):
        h = F.relu(self.conv(x))
        return self.head(h.amax(dim=(2, 3)))


model = BarNet()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
for step in range(60):
    rows = torch.randint(0, 300, (50,))
    scores = model(image[rows])
    loss = F.cross_entropy(scores, kind[rows])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    print(f"loss {F.cross_entropy(model(image), kind).item():.3f}")
