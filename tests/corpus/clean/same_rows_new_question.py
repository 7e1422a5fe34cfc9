"""One model object, retrained: the head is exchanged and the same rows get another label column."""
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class TabularNet(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(n_in, 32), nn.ReLU(), nn.Linear(32, 16), nn.ReLU())
        self.head = nn.Linear(16, n_out)

    def forward(self, x):
        return self.head(self.trunk(x))


def train_on(model, x, y, params, epochs):
    optimizer = torch.optim.Adam(params, lr=5e-3)
    criterion = nn.CrossEntropyLoss()
    for _ in range(epochs):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=25, shuffle=True):
            loss = criterion(model(xb), yb)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return loss.item()


torch.manual_seed(0)
x = torch.randn(200, 8)
survived = (x[:, 0] + x[:, 1] > 0).long()
cabin = torch.bucketize(x[:, 2].contiguous(), torch.tensor([-0.5, 0.5]))
port = (x[:, 5] - x[:, 6] > 0).long()

model = TabularNet(8, 2)
print("survived", train_on(model, x, survived, model.parameters(), 3))
model.head = nn.Linear(16, 3)
print("cabin", train_on(model, x, cabin, model.parameters(), 3))
# another yes-or-no question, without a new head
model.head = nn.Linear(16, 2)
print("port", train_on(model, x, port, model.head.parameters(), 3))
model.eval()
with torch.no_grad():
    print((model(x).argmax(1) == port).float().mean().item())
