import torch
from torch import nn

torch.manual_seed(9)
x = torch.randn(150, 3)
y = x.sum(dim=1, keepdim=True)
seen, unseen = x[:100], x[100:]
net = nn.Sequential(nn.Linear(3, 12), nn.Tanh(), nn.Linear(12, 1))
adam = torch.optim.Adam(net.parameters(), lr=0.01)
for step in range(40):
    rows = torch.randint(0, 100, (25,))
    loss = nn.functional.mse_loss(net(seen[rows]), y[:100][rows])
    adam.zero_grad()
    loss.backward()
    adam.step()
    if step % 10 == 9:
        with torch.no_grad():
            held_out = nn.functional.mse_loss(net(unseen), y[100:]).item()
        print(step, "held out", held_out)
with torch.no_grad():
    print("everything", nn.functional.mse_loss(net(x), y).item())
