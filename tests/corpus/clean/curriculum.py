"""A curriculum: the data grows from easy to all of it, shuffled inside each stage."""
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset, TensorDataset

torch.manual_seed(30)
x = torch.randn(400, 6)
margin = x[:, 0] + 0.5 * x[:, 1]
y = (margin > 0).long()
difficulty = -margin.abs()
by_difficulty = difficulty.argsort()
dataset = TensorDataset(x, y)
test_x = torch.randn(100, 6)
test_y = (test_x[:, 0] + 0.5 * test_x[:, 1] > 0).long()

net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)

for stage, share in enumerate((0.3, 0.6, 1.0)):
    chosen = by_difficulty[: int(share * len(dataset))].tolist()
    loader = DataLoader(Subset(dataset, chosen), batch_size=30, shuffle=True)
    for epoch in range(2):
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(inputs), targets)
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        accuracy = (net(test_x).argmax(1) == test_y).float().mean().item()
    print(f"stage {stage} ({len(chosen)} rows): loss {loss.item():.3f}, accuracy {accuracy:.3f}")
