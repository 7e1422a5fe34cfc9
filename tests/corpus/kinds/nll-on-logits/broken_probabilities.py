# where: criterion(probabilities
import torch
from torch import nn

torch.manual_seed(1)
x = torch.randn(200, 4)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0).long()
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(dim=-1))
criterion = nn.NLLLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(5):
    for rows in torch.randperm(200).split(20):
        probabilities = model(x[rows])
        loss = criterion(probabilities, y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
