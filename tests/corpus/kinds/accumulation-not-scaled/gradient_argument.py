"""The share of each micro-batch is handed to backward()."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
inputs = torch.randn(256, 5)
wanted = (inputs[:, 0] * inputs[:, 1] > 0).long()
loader = DataLoader(TensorDataset(inputs, wanted), batch_size=16, shuffle=True)
net = nn.Sequential(nn.Linear(5, 24), nn.ReLU(), nn.Linear(24, 2))
criterion = nn.CrossEntropyLoss()
sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
parts = 4
part = torch.tensor(1.0 / parts)
for epoch in range(4):
    for number, (x, y) in enumerate(loader, start=1):
        loss = criterion(net(x), y)
        loss.backward(gradient=part)
        if number % parts == 0:
            sgd.step()
            sgd.zero_grad()
    print(epoch, loss.item())
