# break: BlobNet.hidden
# where: h = torch.relu(layer(h))
import torch
from torch import nn

torch.manual_seed(7)
centres = torch.randn(8, 6) * 2
label = torch.arange(8).repeat_interleave(64)
points = centres[label] + torch.randn(len(label), 6)


class BlobNet(nn.Module):
    def __init__(self, width=24, depth=3):
        super().__init__()
        self.inlet = nn.Linear(6, width)
        self.hidden = nn.ModuleList(nn.Linear(width, width) for _ in range(depth))
        self.head = nn.Linear(width, 8)

    def forward(self, x):
        h = torch.relu(self.inlet(x))
        for layer in self.hidden:
            h = torch.relu(layer(h))
        return self.head(h)


net = BlobNet()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
criterion = nn.CrossEntropyLoss()
for epoch in range(6):
    order = torch.randperm(len(points))
    for rows in order.split(64):
        optimizer.zero_grad()
        loss = criterion(net(points[rows]), label[rows])
        loss.backward()
        optimizer.step()
    print(f"epoch {epoch} loss {loss.item():.3f}")
