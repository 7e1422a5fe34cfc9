# style: one Sequential with a Flatten layer, no trainer class, own batches
import torch
from torch import nn

SEED = 0


def draw(n_pictures=1200, noise=0.25):
    arrow = torch.zeros(5, 5)
    arrow[:, 2] = 1.0
    arrow[1, 1:4] = 1.0
    arrow[2, [0, 4]] = 1.0
    pictures = noise * torch.randn(n_pictures, 1, 12, 12)
    direction = torch.randint(0, 4, (n_pictures,))
    for i in range(n_pictures):
        top, left = torch.randint(0, 8, (2,)).tolist()
        pictures[i, 0, top : top + 5, left : left + 5] += torch.rot90(arrow, -int(direction[i]))
    return pictures, direction


torch.manual_seed(SEED)
net = nn.Sequential(
    nn.Conv2d(1, 12, 5, padding=2),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(12, 24, 3, padding="same"),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(216, 4),
)
optimizer = torch.optim.AdamW(net.parameters(), lr=0.006)
loss_fn = nn.CrossEntropyLoss()
x, y = draw()
for epoch in range(10):
    for rows in torch.randperm(len(x)).split(40):
        optimizer.zero_grad()
        loss = loss_fn(net(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
    print(epoch, loss.item())
x, y = draw(400)
with torch.no_grad():
    print((net(x).argmax(1) == y).float().mean().item())
