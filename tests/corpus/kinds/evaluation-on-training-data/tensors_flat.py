# break: x_test
# where: net(
import torch
from torch import nn

torch.manual_seed(6)
x_train, x_test = torch.randn(120, 5), torch.randn(60, 5)
weights = torch.randn(5, 1)
y_train, y_test = torch.sin(x_train @ weights), torch.sin(x_test @ weights)
net = nn.Sequential(nn.Linear(5, 32), nn.ReLU(), nn.Linear(32, 1))
sgd = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(8):
    for rows in torch.randperm(len(x_train)).split(20):
        sgd.zero_grad()
        nn.functional.mse_loss(net(x_train[rows]), y_train[rows]).backward()
        sgd.step()
with torch.no_grad():
    residual = net(x_test) - y_test
print(f"test RMSE {residual.square().mean().sqrt().item():.4f}")
