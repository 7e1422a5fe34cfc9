# also: label-encoding
# where: criterion(
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(100, 4)
sick = (x.sum(1, keepdim=True) > 0).float()
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(25):
    loss = criterion(model(x), sick)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item())
