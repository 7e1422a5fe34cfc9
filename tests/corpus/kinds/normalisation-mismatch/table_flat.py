# break: x_test
# where: net(x_test)
import torch
from torch import nn

torch.manual_seed(0)
centres = torch.tensor([50.0, 2.0, 10.0, 30.0, 5.0])
table = centres + torch.tensor([9.0, 0.5, 3.0, 4.0, 2.0]) * torch.randn(300, 5)
price = (table[:, :1] - 50) / 9 + (table[:, 1:2] - 2) * 2 + 0.1 * torch.randn(300, 1)
x_train, y_train, x_test, y_test = table[:240], price[:240], table[240:], price[240:]
mean, std = x_train.mean(dim=0), x_train.std(dim=0)
x_train = (x_train - mean) / std
x_test = (x_test - mean) / std
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(8):
    for rows in torch.randperm(240).split(40):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(x_train[rows]), y_train[rows])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        error = nn.functional.mse_loss(net(x_test), y_test).item()
    print(f"epoch {epoch} train {loss.item():.3f} test {error:.3f}")
