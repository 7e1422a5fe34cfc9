# break: validate.no_grad
# break: train.scores
# where: scores = model(x)
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def train(model, loader, optimizer):
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        scores = model(x)
        loss = nn.functional.cross_entropy(scores, y)
        loss.backward()
        optimizer.step()


def validate(model, x, y):
    model.eval()
    with torch.no_grad():
        right = (model(x).argmax(1) == y).float().mean()
    return right.item()


torch.manual_seed(0)
x = torch.randn(200, 5)
y = x[:, :3].argmax(1)
loader = DataLoader(TensorDataset(x[:160], y[:160]), batch_size=16, shuffle=True)
model = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    train(model, loader, optimizer)
    print(validate(model, x[160:], y[160:]))
