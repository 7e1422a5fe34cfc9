import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(5, 4)
opt = torch.optim.AdamW(net.parameters(), lr=1e-3)
for number in range(100):
    x = torch.randn(8, 5)
    nn.functional.cross_entropy(net(x), x[:, :4].argmax(1)).backward()
    if number % 4 == 3:
        opt.step()
        opt.zero_grad()

body = nn.Linear(5, 8)
left, right = nn.Linear(8, 1), nn.Linear(8, 2)
opt = torch.optim.SGD([*body.parameters(), *left.parameters(), *right.parameters()], lr=0.05)
for _ in range(30):
    x = torch.randn(16, 5)
    h = body(x).relu()
    opt.zero_grad()
    nn.functional.mse_loss(left(h), x[:, :1]).backward(retain_graph=True)
    nn.functional.cross_entropy(right(h), (x[:, 1] > 0).long()).backward()
    opt.step()
