"""The state is taken once, before training, and copied whenever the score is the best so far."""

import torch

torch.manual_seed(3)
x = torch.randn(120, 5)
y = x[:, :1] - x[:, 1:2] * x[:, 2:3]
net = torch.nn.Sequential(torch.nn.Linear(5, 20), torch.nn.ReLU(), torch.nn.Linear(20, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.05)
weights = net.state_dict()
lowest, best = float("inf"), None
for _ in range(10):
    for rows in torch.randperm(80).split(16):
        opt.zero_grad()
        (net(x[rows]) - y[rows]).square().mean().backward()
        opt.step()
    with torch.no_grad():
        error = (net(x[80:]) - y[80:]).square().mean().item()
    if error < lowest:
        lowest = error
        best = {name: tensor.clone() for name, tensor in weights.items()}
net.load_state_dict(best)
print(lowest)
