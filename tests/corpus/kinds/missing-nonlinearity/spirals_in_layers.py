# break: classifier#2
# where: classifier(
import torch
from torch import nn

torch.manual_seed(0)
turns = torch.rand(300) * 4
side = torch.randint(0, 2, (300,))
angle = turns + 3.1416 * side
points = torch.stack([turns * angle.cos(), turns * angle.sin()], dim=1) / 2

classifier = nn.Sequential(
    nn.Linear(2, 32),
    nn.ReLU(),
    nn.Linear(32, 32),
    nn.Dropout(0.1),
    nn.ReLU(),
    nn.Linear(32, 2),
)
optimizer = torch.optim.Adam(classifier.parameters(), lr=0.01)
for epoch in range(12):
    for rows in torch.randperm(300).split(50):
        loss = nn.functional.cross_entropy(classifier(points[rows]), side[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
print(f"loss {loss.item():.3f}, accuracy {(classifier.eval()(points).argmax(1) == side).float().mean():.2f}")
