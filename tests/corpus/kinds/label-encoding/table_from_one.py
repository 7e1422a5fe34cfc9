# break: read_table.labels
# break: criterion
# where: criterion(model(batch)
import numpy as np
import torch
from torch import nn


def read_table(rows):
    rng = np.random.default_rng(0)
    kinds = rng.integers(1, 4, size=rows)
    table = np.column_stack([rng.normal(size=(rows, 4)) + kinds[:, None] * [0.8, -0.4, 0.2, 0.0], kinds])
    features = torch.tensor(table[:, :4], dtype=torch.float32)
    labels = torch.tensor(table[:, 4]).long() - 1
    return features, labels


torch.manual_seed(0)
features, labels = read_table(300)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(6):
    for rows in torch.randperm(240).split(30):
        batch = features[rows]
        optimizer.zero_grad()
        loss = criterion(model(batch), labels[rows])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        predicted = model(features[240:]).argmax(dim=1)
        accuracy = (predicted == labels[240:]).float().mean().item()
    print(epoch, round(loss.item(), 3), accuracy, predicted.bincount(minlength=3).tolist())
