# break: fit
# where: scores = net(points[rows])
import torch
from torch import nn

torch.manual_seed(0)
points = torch.randn(240, 20)
labels = (points[:, :3].sum(1) + 0.8 * torch.randn(240) > 0).long()
held_out, held_out_labels = points[160:], labels[160:]
points, labels = points[:160], labels[:160]


def fit(net, optimizer, epochs):
    criterion = nn.CrossEntropyLoss()
    for epoch in range(epochs):
        net.train()
        total = 0.0
        for rows in torch.randperm(len(points)).split(20):
            scores = net(points[rows])
            loss = criterion(scores, labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        net.eval()
        with torch.no_grad():
            valid = criterion(net(held_out), held_out_labels).item()
        print(f"{epoch} train {total / len(points):.3f} valid {valid:.3f}")


net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 2))
fit(net, torch.optim.Adam(net.parameters(), lr=5e-3), epochs=8)
