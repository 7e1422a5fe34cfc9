"""Evaluation that takes several forwards per batch (crops, mirrored) and averages over rows; trained between."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(2)
x = torch.randn(300, 1, 10, 10) * 0.5
y = torch.randint(0, 3, (300,))
for i, c in enumerate(y.tolist()):
    x[i, 0, 3 * c : 3 * c + 3] += 0.6
train_dl = DataLoader(TensorDataset(x[:230], y[:230]), batch_size=23, shuffle=True)
test_dl = DataLoader(TensorDataset(x[230:], y[230:]), batch_size=32)
net = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.Flatten(), nn.Dropout(0.2), nn.Linear(6 * 36, 3))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
loss_fn = nn.CrossEntropyLoss()


def random_crop(images):
    i, j = torch.randint(0, 3, (2,)).tolist()
    return images[..., i : i + 8, j : j + 8]


def crops(images):
    corners = [(0, 0), (0, 2), (2, 0), (2, 2), (1, 1)]
    return [images[..., i : i + 8, j : j + 8] for i, j in corners]


for epoch in range(5):
    net.train()
    for images, labels in train_dl:
        opt.zero_grad()
        loss_fn(net(random_crop(images)), labels).backward()
        opt.step()
    net.eval()
    single = many = loss_sum = count = 0
    with torch.no_grad():
        for images, labels in test_dl:
            centre = net(images[..., 1:9, 1:9])
            votes = torch.stack([net(c).softmax(1) for c in crops(images)]).mean(0)
            loss_sum += loss_fn(centre, labels).item() * len(labels)
            single += (centre.argmax(1) == labels).sum().item()
            many += (votes.argmax(1) == labels).sum().item()
            count += len(labels)
    print(f"{epoch} loss {loss_sum / count:.4f} one crop {single / count:.4f} five crops {many / count:.4f}")
