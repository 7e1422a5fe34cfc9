# break: Small.forward#1
# break: Small.forward#2
# where: F.dropout
import torch
import torch.nn as nn
import torch.nn.functional as F


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.fc1 = nn.Linear(8 * 9, 32)
        self.fc2 = nn.Linear(32, 3)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv(x)), 2)
        x = F.dropout(x.flatten(1), p=0.5, training=self.training)
        x = F.relu(self.fc1(x))
        x = F.dropout(x, 0.5, self.training)
        return self.fc2(x)


def evaluate(model, x, y):
    model.eval()
    with torch.no_grad():
        return (model(x).argmax(1) == y).float().mean().item()


torch.manual_seed(0)
labels = torch.randint(0, 3, (300,))
images = torch.randn(300, 1, 6, 6)
images[torch.arange(300), 0, labels * 2] += 1.2
model = Small()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(8):
    model.train()
    for rows in torch.randperm(200).split(40):
        optimizer.zero_grad()
        F.cross_entropy(model(images[rows]), labels[rows]).backward()
        optimizer.step()
    accuracy = evaluate(model, images[200:], labels[200:])
print([round(evaluate(model, images[200:], labels[200:]), 2) for _ in range(5)])
